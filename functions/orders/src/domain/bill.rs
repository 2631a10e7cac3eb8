//! What is bought and what it costs.

use rialto_kernel::{Address, OrderLine, PaymentId, Totals};
use serde::Deserialize;

/// Everything an order needs before it can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// What is bought.
    pub lines: Vec<OrderLine>,
    /// What it costs.
    #[serde(flatten)]
    pub totals: Totals,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// What it is paid with.
    pub payment_method_id: String,
    /// By which payment.
    pub payment_id: PaymentId,
}
