//! `POST /v1/sessions`: an access token for an e-mail and its password.

use identity::handlers::{LogIn, log_in};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, LogIn::of(&context)?, log_in).await
}
