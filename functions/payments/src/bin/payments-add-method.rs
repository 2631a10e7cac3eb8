//! `POST /v1/me/payment-methods`: keeps a payment method.

use payments::handlers::methods::{Wallet, add_method};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_http::run(&context, Wallet::of(&context)?, add_method).await
}
