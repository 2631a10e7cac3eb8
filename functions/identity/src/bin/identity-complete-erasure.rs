//! The last step of a person's erasure.

use identity::handlers::{EndErasure, complete_erasure};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(EndErasure::of(&context)?, complete_erasure).await
}
