//! What is done about payments outside of the checkout: webhooks, and refunds to follow up.

use payments::handlers::{Context, apply_webhook};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let context = Context::connect(&lambda).await?;
    rialto_lambda::run_sqs(context, |context, message| apply_webhook(context, message, rialto_lambda::now())).await
}
