//! The queue of `ProductChanged.v1` and `AvailabilityChanged.v1`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("carts").await?;
    let store = carts::store::Store::new(context.table("CARTS_TABLE")?);
    rialto_lambda::run_sqs(store, carts::handlers::project_offer::project_offer).await
}
