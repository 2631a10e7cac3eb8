//! What the service does: steps of the checkout that touch money, refunds, webhooks, reconciliation, stored methods.

mod apply_webhook;
mod asking;
mod authorise_payment;
mod capture_payment;
mod list_findings;
pub mod methods;
mod play_sandbox;
mod receive_webhook;
mod reconcile_day;
mod refund_payment;
mod refunding;
mod show_payment;
mod void_payment;

pub use apply_webhook::{apply_webhook, bring_up_to_date};
pub use authorise_payment::{AuthorisePayment, Authorised, BilledLine, authorise_payment};
pub use capture_payment::{CapturePayment, capture_payment};
pub use list_findings::{__path_list_findings, FindingList, FindingPaging, list_findings};
pub use play_sandbox::{PlaySandbox, Player, play_sandbox};
pub use receive_webhook::{__path_receive_webhook, Mailbox, receive_webhook};
pub use reconcile_day::{ReconcileDay, Reconciled, reconcile_day, reconcile_or_alarm};
pub use refund_payment::{__path_refund_payment, RefundPayment, RefundView, Refunds, refund_payment};
pub use show_payment::{__path_show_payment, AttemptView, PaymentView, show_payment};
pub use void_payment::{VoidPayment, void_payment};

use rialto_lambda::Context as Lambda;

use crate::{
    error::Error,
    gateway::{Gateways, connect},
    store::Payments,
};

/// What the handlers work with.
#[derive(Debug, Clone)]
pub struct Context {
    /// Our own books.
    pub payments: Payments,
    /// The gateways.
    pub gateways: Gateways,
}

impl Context {
    /// Our books in `PAYMENTS_TABLE`, and the stage's gateways.
    ///
    /// # Errors
    /// When a variable is not set, or a gateway's secret cannot be read.
    pub async fn connect(lambda: &Lambda) -> Result<Self, Error> {
        Ok(Self { payments: Payments::new(lambda.table("PAYMENTS_TABLE")?), gateways: connect(lambda).await? })
    }
}

#[cfg(test)]
mod tests;
