//! `carts-erase-person`, a step of a person's erasure.

use carts::{handlers::person::erase_person, store::Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("carts").await?;
    rialto_lambda::run_step(Store::new(context.table("CARTS_TABLE")?), erase_person).await
}
