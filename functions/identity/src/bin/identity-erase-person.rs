//! A step of a person's erasure: identity's own rows.

use identity::handlers::{EraseRows, erase_person};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(EraseRows::of(&context)?, erase_person).await
}
