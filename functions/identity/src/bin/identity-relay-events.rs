//! From the table's stream to the bus.

use rialto_events::relay::{Publisher, relay};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_event(Publisher::new(&context)?, relay).await
}
