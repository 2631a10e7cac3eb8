//! `payments-resolve-method`, a step of the checkout.

use payments::handlers::methods::{Wallet, resolve_method};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_lambda::run_step(Wallet::of(&context)?, resolve_method).await
}
