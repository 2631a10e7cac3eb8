//! `POST /v1/me/erasure`: the end of an account.

use identity::handlers::{RequestErasure, request_erasure};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, RequestErasure::of(&context)?, request_erasure).await
}
