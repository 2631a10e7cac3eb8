//! The last step of a person's erasure.

use identity::handlers::complete_erasure;
use identity::store::Erasures;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(Erasures::of(&context)?, complete_erasure).await
}
