//! `checkout-sweep-sessions`: every minute, ends and wakes what a lost timer or a lost call has left.

use checkout::handlers::sessions::{Bedside, sweep_sessions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_lambda::run_event(Bedside::of(&context)?, sweep_sessions).await
}
