//! `DELETE /v1/me/payment-methods/{id}`: removes a payment method.

use payments::{handlers::methods::remove_method, methods::Methods};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_http::run(&context, Methods::of(&context)?, remove_method).await
}
