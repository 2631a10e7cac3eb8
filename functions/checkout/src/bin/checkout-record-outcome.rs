//! `checkout-record-outcome`, the last step of the checkout.

use checkout::{handlers::record_outcome, store::Checkouts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_lambda::run_step(Checkouts::new(context.table("CHECKOUT_TABLE")?), record_outcome).await
}
