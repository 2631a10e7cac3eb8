//! Queue: sends the mails that were asked for.

use identity::handlers::{SendMail, send_mail};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_sqs(SendMail::of(&context)?, send_mail).await
}
