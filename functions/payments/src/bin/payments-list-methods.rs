//! `GET /v1/me/payment-methods`: the payment methods.

use payments::{handlers::methods::list_methods, methods::Methods};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_http::run(&context, Methods::of(&context)?, list_methods).await
}
