//! `checkout-cancel-session`, `DELETE /v1/checkout/{id}`.

use checkout::handlers::{place_order::Context, sessions::cancel_session::cancel_session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_http::run(&context, Context::of(&context)?, cancel_session).await
}
