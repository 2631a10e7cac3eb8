//! `POST /v1/sessions/refresh`: new tokens for a session.

use identity::handlers::{RefreshSession, refresh_session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, RefreshSession::of(&context)?, refresh_session).await
}
