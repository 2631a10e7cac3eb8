//! The routes over stored payment methods, and the steps that need them.

mod add_method;
mod list_methods;
mod person;
mod remove_method;
mod resolve_method;
mod set_default_method;

pub use add_method::{__path_add_method, AddMethod, add_method};
pub use list_methods::{__path_list_methods, MethodList, list_methods};
pub use person::{ExportMethods, erase_person, export_person};
pub use remove_method::{__path_remove_method, remove_method};
pub use resolve_method::{ResolveMethod, Resolved, resolve_method};
pub use set_default_method::{__path_set_default_method, ChosenMethod, set_default_method};

use rialto_lambda::Context;

use crate::{
    error::Error,
    gateway::{
        in_use,
        tokens::{StageTokens, Tokens},
    },
    methods::Methods,
};

/// The stored methods and the gateway that knows their tokens.
#[derive(Debug, Clone)]
pub struct Wallet<T> {
    /// What is stored.
    pub methods: Methods,
    /// Who knows the tokens.
    pub tokens: T,
}

impl Wallet<StageTokens> {
    /// The methods in `PAYMENTS_TABLE`, with the tokens of `PAYMENT_GATEWAY` and `FALLBACK_GATEWAY`.
    ///
    /// # Errors
    /// When a variable is not set or names no gateway.
    pub fn of(context: &Context) -> Result<Self, Error> {
        let mut names = in_use()?.into_iter();
        let (first, second) = (names.next().unwrap_or_default(), names.next());
        Ok(Self { methods: Methods::of(context)?, tokens: StageTokens { first, second } })
    }
}

impl<T: Tokens> Wallet<T> {
    /// A wallet of these.
    #[must_use]
    pub fn new(methods: Methods, tokens: T) -> Self {
        Self { methods, tokens }
    }
}

#[cfg(test)]
mod tests;
