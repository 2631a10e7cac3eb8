//! What is done about payments outside of the checkout: webhooks, and refunds to follow up.

use payments::{
    handlers::{Context, Refunds, apply_webhook},
    queue::Queue,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let refunds = Refunds { context: Context::connect(&lambda).await?, queue: Queue::of(&lambda)? };
    rialto_lambda::run_sqs(refunds, |refunds, message| apply_webhook(refunds, message, rialto_lambda::now())).await
}
