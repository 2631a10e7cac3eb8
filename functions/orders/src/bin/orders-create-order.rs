//! A step of the checkout.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("orders").await?;
    let store = orders::store::Store::new(context.table("ORDERS_TABLE")?);
    rialto_lambda::run_step(store, orders::handlers::create_order::create_order).await
}
