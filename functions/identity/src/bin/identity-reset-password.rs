//! `POST /v1/passwords/reset`: a new password by a mail's token.

use identity::handlers::reset_password;
use identity::store::Mails;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Mails::of(&context)?, reset_password).await
}
