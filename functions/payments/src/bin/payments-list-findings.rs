//! `GET /v1/payment-findings`

use payments::{handlers::list_findings, store::Payments};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_http::run(&context, Payments::new(context.table("PAYMENTS_TABLE")?), list_findings).await
}
