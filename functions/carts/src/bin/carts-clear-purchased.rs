//! A step of the checkout.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("carts").await?;
    let store = carts::store::Store::new(context.table("CARTS_TABLE")?);
    rialto_lambda::run_step(store, carts::handlers::clear_purchased::clear_purchased).await
}
