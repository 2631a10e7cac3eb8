//! `POST /v1/payments/webhooks/{gateway}`

use payments::{
    gateway::Secrets,
    handlers::{Mailbox, receive_webhook},
    queue::Queue,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let mailbox = Mailbox { secrets: Secrets::of(&lambda), queue: Queue::of(&lambda)? };
    rialto_http::run(&lambda, mailbox, receive_webhook).await
}
