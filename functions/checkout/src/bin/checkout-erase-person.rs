//! `checkout-erase-person`, a step of a person's erasure.

use checkout::{handlers::erase_person, store::Checkouts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_lambda::run_step(Checkouts::new(context.table("CHECKOUT_TABLE")?), erase_person).await
}
