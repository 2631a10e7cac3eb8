//! `GET /v1/orders/{id}`

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("orders").await?;
    let store = orders::store::Store::new(context.table("ORDERS_TABLE")?);
    rialto_http::run(&context, store, orders::handlers::show_order::show_order).await
}
