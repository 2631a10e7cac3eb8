//! Whose cart a request is about, and what a guest's browser is told.

use rialto_http::{Customer, Fault, Problem, Request, Response, StatusCode, code, respond};

use crate::domain::{CartView, GUEST_LIFE, GuestToken, Owner};

/// Who came, with or without a cart.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) owner: Owner,
    new: bool,
}

impl Visitor {
    /// A guest who brings no token gets one. A cookie that is no token of ours counts as none, so that a browser is
    /// not locked out by it; the header does not.
    pub(super) fn of(customer: &Customer, request: &Request) -> Result<Self, Problem> {
        let token = match customer {
            Customer::Shopper(shopper) => return Ok(Self { owner: Owner::Shopper(shopper.user_id), new: false }),
            Customer::Guest(token) => GuestToken::parse(token.reveal()).map(Some).or_else(|error| {
                let refusal = Problem::of(code::INVALID_HEADER);
                match request.header("cart-token") {
                    Some(_) => Err(refusal.parameter("Cart-Token", Fault::Malformed, error.to_string())),
                    None => Ok(None),
                }
            })?,
            Customer::New => None,
        };
        let new = token.is_none();
        Ok(Self { owner: Owner::Guest(token.unwrap_or_else(|| GuestToken::new(rand::random()))), new })
    }

    /// Whose idempotency key it is: a new guest's, whose answer holds a secret, is not kept.
    pub(super) fn key_holder(&self, customer: Customer) -> Customer {
        if self.new { Customer::New } else { customer }
    }

    /// The cart's answer. A guest's cookie is renewed with each, as the cart's life is; only a new guest reads the token.
    pub(super) fn answer(&self, status: StatusCode, mut view: CartView) -> Result<Response, Problem> {
        let version = view.version;
        let Owner::Guest(token) = &self.owner else { return Ok(respond::json(status, &view)?.etag(version)) };
        view.cart_token = self.new.then(|| token.expose().to_owned());
        Ok(respond::json(status, &view)?.etag(version).cookie(&cookie(token)))
    }
}

fn cookie(token: &GuestToken) -> String {
    let seconds = GUEST_LIFE.as_secs();
    format!("cart={}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax", token.expose())
}
