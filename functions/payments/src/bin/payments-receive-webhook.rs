//! `POST /v1/payments/webhooks/{gateway}`

use payments::{
    gateway::{Secrets, in_use},
    handlers::{Mailbox, receive_webhook},
    queue::Queue,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let mailbox = Mailbox { secrets: Secrets::of(&lambda), queue: Queue::of(&lambda)?, gateways: in_use()? };
    rialto_http::run(&lambda, mailbox, receive_webhook).await
}
