//! `checkout-record-action`, a step of the checkout.

use checkout::{handlers::record_action, store::Checkouts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_lambda::run_step(Checkouts::new(context.table("CHECKOUT_TABLE")?), record_action).await
}
