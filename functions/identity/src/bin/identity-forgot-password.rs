//! `POST /v1/passwords/forgot`: a mail with a token for a new password.

use identity::handlers::{AskForMail, forgot_password};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, AskForMail::of(&context)?, forgot_password).await
}
