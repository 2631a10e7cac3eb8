//! `checkout-await-decision`, the step of the checkout that sleeps until its token comes back.

use checkout::handlers::sessions::{Bedside, await_decision};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_lambda::run_step(Bedside::of(&context)?, await_decision).await
}
