//! Step of a checkout: gives a reservation the time that its way of paying needs.

use inventory::handlers::{Reservations, extend_reservation};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_step(Reservations::of(&context)?, extend_reservation).await
}
