//! `POST /v1/payments/{id}/refunds`

use payments::{
    handlers::{Context, Refunds, refund_payment},
    queue::Queue,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let refunds = Refunds { context: Context::connect(&lambda).await?, queue: Queue::of(&lambda)? };
    rialto_http::run(&lambda, refunds, refund_payment).await
}
