//! `checkout-change-session`, `PATCH /v1/checkout/{id}`.

use checkout::handlers::{place_order::Context, sessions::change_session::change_session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_http::run(&context, Context::of(&context)?, change_session).await
}
