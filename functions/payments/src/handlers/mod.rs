//! The steps of the checkout that touch money.

mod authorise_payment;
mod capture_payment;
mod void_payment;

pub use authorise_payment::{AuthorisePayment, authorise_payment};
pub use capture_payment::{CapturePayment, capture_payment};
pub use void_payment::{VoidPayment, void_payment};

use rialto_lambda::InitError;

use crate::{
    gateway::{Gateway, sandbox::Sandbox},
    store::Payments,
};

/// What the steps work with.
pub struct Context<G> {
    /// Our own books.
    pub payments: Payments,
    /// The gateway.
    pub gateway: G,
}

impl Context<Sandbox> {
    /// Our books in `PAYMENTS_TABLE`, and the sandbox gateway with its own in `SANDBOX_GATEWAY_TABLE`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn sandbox(lambda: &rialto_lambda::Context) -> Result<Self, InitError> {
        Ok(Self {
            payments: Payments::new(lambda.table("PAYMENTS_TABLE")?),
            gateway: Sandbox::new(lambda.table("SANDBOX_GATEWAY_TABLE")?),
        })
    }
}

impl<G: Gateway> std::fmt::Debug for Context<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

/// The gateway's idempotency key: one a payment and attempt.
fn gateway_key(id: rialto_kernel::PaymentId) -> String {
    format!("{id}:1")
}

#[cfg(test)]
mod tests;
