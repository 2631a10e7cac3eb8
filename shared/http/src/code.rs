//! The catalogue of problem codes: each is used for one thing, and says in its doc what the client can do.

/// A kind of problem: what is the same each time it occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The name a client branches on.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The same short text at each occurrence.
    pub title: &'static str,
    /// What it means and what to do, for the documentation.
    pub doc: &'static str,
}

impl Code {
    /// `type` of the problem: `urn:rialto:problem:` and the name in lower case.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("urn:rialto:problem:{}", self.name.to_ascii_lowercase().replace('_', "-"))
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident $status:literal $title:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Code =
            Code { name: stringify!($name), status: $status, title: $title, doc: concat!($($doc),+) };)+

        /// Every code, for documents and tests.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    /// The body is not JSON. Send one JSON document in UTF-8.
    MALFORMED_JSON 400 "The body is not JSON";
    /// The JSON has another shape than the route takes: a wrong type or an unknown field, named in `errors`.
    INVALID_BODY 400 "The body has the wrong shape";
    /// A query parameter is unknown, repeated or out of range; `errors` names it.
    INVALID_QUERY 400 "A query parameter is not valid";
    /// The cursor is not of this list and query. Leave it out to start again.
    INVALID_CURSOR 400 "The cursor is not valid here";
    /// The request cannot be read as HTTP has it. Told by the gateway, before any function runs.
    BAD_REQUEST 400 "The request cannot be read";
    /// A header cannot be read; `errors` names it.
    INVALID_HEADER 400 "A header is not valid";
    /// The route wants an `Idempotency-Key`: 1 to 255 visible ASCII characters, new for each thing that is wanted.
    IDEMPOTENCY_KEY_REQUIRED 400 "An Idempotency-Key is wanted";
    /// The route wants an access token. Log in.
    UNAUTHENTICATED 401 "A token is wanted";
    /// The access token is expired, forged or not meant for this API. Refresh it or log in again.
    INVALID_TOKEN 401 "The token is not valid";
    /// The signature of the webhook is not the gateway's, or too old.
    INVALID_SIGNATURE 401 "The signature is not valid";
    /// E-mail or password is wrong; which of them is not said.
    INVALID_CREDENTIALS 401 "E-mail or password is wrong";
    /// The refresh token is unknown, expired or revoked, or was used before, which has ended its session. Log in again.
    INVALID_REFRESH_TOKEN 401 "The refresh token is not valid";
    /// The payment was declined; `reason` says why, as far as the shopper's bank told. Try another payment method.
    PAYMENT_DECLINED 402 "The payment was declined";
    /// The token is good, but the route is for another role.
    FORBIDDEN 403 "This is for another role";
    /// There is nothing at this address, or it belongs to another.
    NOT_FOUND 404 "Not found";
    /// The path is known, but not with this method; `Allow` lists those it takes.
    METHOD_NOT_ALLOWED 405 "The method is not allowed here";
    /// The refresh token was used a moment ago: use the tokens of that answer. If they were lost, log in again.
    REFRESH_SUPERSEDED 409 "The refresh token was just used";
    /// Several sellers use this SKU. Name the offer instead.
    AMBIGUOUS_SKU 409 "Several sellers use this SKU";
    /// There is a category at this path. Merge into it, or choose another path.
    CATEGORY_EXISTS 409 "There is such a category";
    /// There are products or categories under the category. Merge it into another.
    CATEGORY_NOT_EMPTY 409 "The category is not empty";
    /// A checkout of this cart is running; `orderId` and `Location` say which.
    CHECKOUT_IN_PROGRESS 409 "A checkout of this cart is running";
    /// The thing was changed by another request meanwhile. Read it again.
    CONFLICT 409 "The state has changed";
    /// There is an account with this e-mail. Log in.
    EMAIL_TAKEN 409 "The e-mail has an account";
    /// The first request with this `Idempotency-Key` is still running. Ask again after `Retry-After`.
    IDEMPOTENCY_IN_FLIGHT 409 "The first request is still running";
    /// There are as many of these as one person can keep, `limit`. Remove one first.
    LIMIT_REACHED 409 "There are as many as there can be";
    /// That much cannot be given back; `refundable` says how much can, where anything can.
    NOT_REFUNDABLE 409 "That much cannot be given back";
    /// An offer is no longer sold; `items` lists which. Remove them from the cart.
    OFFER_UNAVAILABLE 409 "An offer is no longer sold";
    /// The order ended before it could be paid; `reason` says why.
    ORDER_CANCELLED 409 "The order was cancelled";
    /// Less is left than was asked for; `items` lists what is left of each.
    OUT_OF_STOCK 409 "Not enough is left";
    /// The total is another one by now, `total`. Show it, then check out with it.
    PRICE_CHANGED 409 "The total has changed";
    /// The reservation ran out before the payment. Check out again.
    RESERVATION_EXPIRED 409 "The reservation ran out";
    /// Another listing of the seller has this SKU. Change that one, or write another SKU.
    SKU_TAKEN 409 "The SKU is in use";
    /// The stock would fall below what is reserved, `reserved`.
    STOCK_RESERVED 409 "More is reserved";
    /// The thing is not at the version that `If-Match` names. Read it again.
    PRECONDITION_FAILED 412 "The version is another one";
    /// The body is larger than the route takes.
    PAYLOAD_TOO_LARGE 413 "The body is too large";
    /// The body is not `application/json`.
    UNSUPPORTED_MEDIA_TYPE 415 "The body must be application/json";
    /// The body is well-formed, but a value in it is missing or not allowed; `errors` names each.
    INVALID_VALUE 422 "A value is not valid";
    /// Something in the request looks like a card number, which never belongs here: send the gateway's token of it.
    CARD_NUMBER_REFUSED 422 "Card numbers are not taken here";
    /// The `Idempotency-Key` was used with another request. Use a new key for a new thing.
    IDEMPOTENCY_MISMATCH 422 "The key was used for another request";
    /// The token is unknown, expired or used, or was meant for an e-mail or password since changed. Ask for another mail.
    INVALID_MAIL_TOKEN 422 "The token from the mail is not valid";
    /// The old password is wrong.
    WRONG_PASSWORD 422 "The old password is wrong";
    /// The cart has no lines to check out.
    CART_EMPTY 422 "The cart is empty";
    /// The cart has as many lines as a cart can have.
    CART_FULL 422 "The cart is full";
    /// The lines of the cart are priced in different currencies, which one order cannot hold.
    MIXED_CURRENCIES 422 "The cart mixes currencies";
    /// The route wants `If-Match` with the version that was read.
    PRECONDITION_REQUIRED 428 "If-Match is wanted";
    /// Too many requests. Wait for `Retry-After`.
    TOO_MANY_REQUESTS 429 "Too many requests";
    /// Something failed on our side. Nothing is said of it here; give the `requestId` to support.
    INTERNAL 500 "Something failed on our side";
    /// Something is busy or down. Ask again after `Retry-After`, with the same `Idempotency-Key`.
    UNAVAILABLE 503 "Unavailable for the moment";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn given_the_catalogue_when_listed_then_names_and_titles_are_unique_and_statuses_agreed() {
        let statuses = [400, 401, 402, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503];
        let distinct = |of: fn(&Code) -> &str| ALL.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!((distinct(|code| code.name), distinct(|code| code.title)), (ALL.len(), ALL.len()));
        for code in ALL {
            assert!(statuses.contains(&code.status), "{}", code.name);
            assert!(code.doc.trim().ends_with('.'), "{}", code.name);
        }
    }
}
