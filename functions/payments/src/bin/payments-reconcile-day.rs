//! Every night: compares our payments of the day before with each gateway's list.

use payments::handlers::{Context, reconcile_or_alarm};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let context = Context::connect(&lambda).await?;
    rialto_lambda::run_event(context, |context, input| reconcile_or_alarm(context, input, rialto_lambda::now())).await
}
