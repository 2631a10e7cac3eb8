//! `PUT /v1/me/payment-methods/default`: chooses the default.

use payments::{handlers::methods::set_default_method, methods::Methods};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_http::run(&context, Methods::of(&context)?, set_default_method).await
}
