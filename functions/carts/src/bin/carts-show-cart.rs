//! `GET /v1/cart`

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("carts").await?;
    let store = carts::store::Store::new(context.table("CARTS_TABLE")?);
    rialto_http::run(&context, store, carts::handlers::show_cart::show_cart).await
}
