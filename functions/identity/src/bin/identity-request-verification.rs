//! `POST /v1/me/verification-mail`: another mail that verifies the e-mail.

use identity::handlers::{AskForMail, request_verification};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, AskForMail::of(&context)?, request_verification).await
}
