//! `POST /v1/users/verify-email`: an e-mail is its person's.

use identity::handlers::verify_email;
use identity::store::Mails;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Mails::of(&context)?, verify_email).await
}
