//! `GET /v1/payments/{id}`

use payments::{handlers::show_payment, store::Payments};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_http::run(&context, Payments::new(context.table("PAYMENTS_TABLE")?), show_payment).await
}
