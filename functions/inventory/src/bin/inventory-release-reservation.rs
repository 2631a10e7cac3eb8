//! Step of a checkout's compensation: gives back what is set aside, or restocks what is sold.

use inventory::{handlers::release_reservation, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_step(Inventory::of(&context)?, release_reservation).await
}
