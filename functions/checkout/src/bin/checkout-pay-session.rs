//! `checkout-pay-session`, `POST /v1/checkout/payment`.

use checkout::handlers::{place_order::Context, sessions::pay_session::pay_session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_http::run(&context, Context::of(&context)?, pay_session).await
}
