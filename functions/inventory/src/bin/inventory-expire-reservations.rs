//! Every minute: gives back what nobody paid for in time.

use inventory::{handlers::expire_reservations, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_event(Inventory::of(&context)?, expire_reservations).await
}
