//! Who may call a route, as types: a handler names one and gets the verified person.

use rialto_kernel::{SellerId, SessionId, UserId};

use crate::{
    code,
    guest::GuestToken,
    problem::Problem,
    request::Request,
    token::{Claims, Role, Verifier},
};

mod sealed {
    pub trait Sealed {}
}

/// Who may call a route. The list of callers is closed: [`Anyone`], [`Customer`], [`Shopper`], [`Seller`], [`Operator`],
/// [`ShopperOrOperator`], [`SellerOrOperator`].
pub trait Caller: sealed::Sealed + Sized + Send {
    /// The name in the contract, as `x-rialto-caller`.
    const NAME: &'static str;
    /// Whether a token may be looked at, so that the function needs the public keys.
    const VERIFIES: bool = true;

    /// The caller of this request.
    ///
    /// # Errors
    /// 401 or 403; see [`Verifier::claims`].
    fn admit(request: &Request, verifier: &Verifier) -> impl Future<Output = Result<Self, Problem>> + Send;

    /// Whose idempotency keys these are; `None` for a guest who has no cart yet, whose keys are not kept.
    fn scope(&self) -> Option<String>;
}

/// No one in particular. A token is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anyone;

/// A person who buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shopper {
    /// The person.
    pub user_id: UserId,
    /// The login session.
    pub session_id: SessionId,
}

/// A person who sells, for one seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seller {
    /// The person.
    pub user_id: UserId,
    /// The seller whose things these are.
    pub seller_id: SellerId,
}

/// A person who runs the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// The person.
    pub user_id: UserId,
}

/// A shopper for their own things, or an operator for anyone's; who is both acts as operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopperOrOperator {
    /// For their own things.
    Shopper(Shopper),
    /// For anyone's.
    Operator(Operator),
}

/// A seller for their own things, or an operator for anyone's; who is both acts as operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SellerOrOperator {
    /// For their own things.
    Seller(Seller),
    /// For anyone's.
    Operator(Operator),
}

/// Whoever has a cart: a token makes a shopper, a cart token a guest, neither a guest who has no cart yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Customer {
    /// Logged in.
    Shopper(Shopper),
    /// The bearer of a cart token, which is not checked yet.
    Guest(GuestToken),
    /// Without a cart yet.
    New,
}

macro_rules! callers {
    ($($caller:ty),*) => {
        $(impl sealed::Sealed for $caller {})*

        /// Every caller's name.
        pub(crate) const NAMES: &[&str] = &[$(<$caller as Caller>::NAME),*];
    };
}
callers!(Anyone, Shopper, Seller, Operator, ShopperOrOperator, SellerOrOperator, Customer);

impl Caller for Anyone {
    const NAME: &'static str = "anyone";
    const VERIFIES: bool = false;

    async fn admit(_: &Request, _: &Verifier) -> Result<Self, Problem> {
        Ok(Self)
    }
    fn scope(&self) -> Option<String> {
        Some("anyone".to_owned())
    }
}

impl Caller for Shopper {
    const NAME: &'static str = "shopper";

    async fn admit(request: &Request, verifier: &Verifier) -> Result<Self, Problem> {
        Self::of(&verifier.claims(request).await?)
    }
    fn scope(&self) -> Option<String> {
        Some(self.user_id.to_string())
    }
}

impl Caller for Seller {
    const NAME: &'static str = "seller";

    async fn admit(request: &Request, verifier: &Verifier) -> Result<Self, Problem> {
        Self::of(&verifier.claims(request).await?)
    }
    fn scope(&self) -> Option<String> {
        Some(self.user_id.to_string())
    }
}

impl Caller for Operator {
    const NAME: &'static str = "operator";

    async fn admit(request: &Request, verifier: &Verifier) -> Result<Self, Problem> {
        Self::of(&verifier.claims(request).await?)
    }
    fn scope(&self) -> Option<String> {
        Some(self.user_id.to_string())
    }
}

impl Caller for ShopperOrOperator {
    const NAME: &'static str = "shopper_or_operator";

    async fn admit(request: &Request, verifier: &Verifier) -> Result<Self, Problem> {
        let claims = verifier.claims(request).await?;
        Operator::of(&claims).map(Self::Operator).or_else(|_| Shopper::of(&claims).map(Self::Shopper))
    }
    fn scope(&self) -> Option<String> {
        match self {
            Self::Shopper(shopper) => shopper.scope(),
            Self::Operator(operator) => operator.scope(),
        }
    }
}

impl Caller for SellerOrOperator {
    const NAME: &'static str = "seller_or_operator";

    async fn admit(request: &Request, verifier: &Verifier) -> Result<Self, Problem> {
        let claims = verifier.claims(request).await?;
        Operator::of(&claims).map(Self::Operator).or_else(|_| Seller::of(&claims).map(Self::Seller))
    }
    fn scope(&self) -> Option<String> {
        match self {
            Self::Seller(seller) => seller.scope(),
            Self::Operator(operator) => operator.scope(),
        }
    }
}

impl Caller for Customer {
    const NAME: &'static str = "customer";

    async fn admit(request: &Request, verifier: &Verifier) -> Result<Self, Problem> {
        if request.headers.contains_key(http::header::AUTHORIZATION) {
            return Shopper::admit(request, verifier).await.map(Self::Shopper);
        }
        Ok(request.guest_token()?.map_or(Self::New, Self::Guest))
    }
    fn scope(&self) -> Option<String> {
        match self {
            Self::Shopper(shopper) => shopper.scope(),
            Self::Guest(token) => Some(token.reveal().to_owned()),
            Self::New => None,
        }
    }
}

impl Shopper {
    fn of(claims: &Claims) -> Result<Self, Problem> {
        allow(claims, Role::Shopper)?;
        Ok(Self { user_id: claims.sub, session_id: claims.sid })
    }
}

impl Seller {
    fn of(claims: &Claims) -> Result<Self, Problem> {
        allow(claims, Role::Seller)?;
        let seller_id = claims.seller_id.ok_or_else(|| Problem::of(code::FORBIDDEN))?;
        Ok(Self { user_id: claims.sub, seller_id })
    }
}

impl Operator {
    fn of(claims: &Claims) -> Result<Self, Problem> {
        allow(claims, Role::Operator)?;
        Ok(Self { user_id: claims.sub })
    }
}

fn allow(claims: &Claims, role: Role) -> Result<(), Problem> {
    if claims.roles.contains(&role) { Ok(()) } else { Err(Problem::of(code::FORBIDDEN)) }
}

#[cfg(test)]
mod tests;
