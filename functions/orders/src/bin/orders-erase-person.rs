//! A step of a person's erasure.

use orders::{handlers::erase_person::erase_person, store::Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("orders").await?;
    rialto_lambda::run_step(Store::new(context.table("ORDERS_TABLE")?), erase_person).await
}
