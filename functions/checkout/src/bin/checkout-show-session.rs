//! `checkout-show-session`, `GET /v1/checkout/{id}`.

use checkout::{handlers::sessions::show_session::show_session, store::Checkouts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_http::run(&context, Checkouts::new(context.table("CHECKOUT_TABLE")?), show_session).await
}
