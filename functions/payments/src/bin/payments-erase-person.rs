//! `payments-erase-person`, a step of a person's erasure.

use payments::{handlers::methods::erase_person, methods::Methods};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_lambda::run_step(Methods::of(&context)?, erase_person).await
}
