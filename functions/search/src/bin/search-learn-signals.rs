//! Learns from what visitors did, once a day; invoked each hour.

use search::handlers::{Learner, learn_signals};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_event(Learner::new(&context)?, learn_signals).await
}
