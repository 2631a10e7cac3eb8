//! Step of a catalogue import: sets the stock that the file counted.

use inventory::{handlers::set_import_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_step(Inventory::of(&context)?, set_import_stock).await
}
