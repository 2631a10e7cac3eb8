//! Step of a checkout: sells what is set aside.

use inventory::{handlers::confirm_reservation, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_step(Inventory::of(&context)?, confirm_reservation).await
}
