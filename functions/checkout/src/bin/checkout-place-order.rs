//! `checkout-place-order`, `POST /v1/orders/checkout`.

use std::time::Duration;

use checkout::{
    handlers::place_order::{Context, place_order},
    store::Checkouts,
    workflow::Workflow,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("checkout").await?;
    let context = Context {
        checkouts: Checkouts::new(lambda.table("CHECKOUT_TABLE")?),
        workflow: Workflow::new(&lambda)?,
        wait: Duration::from_millis(rialto_lambda::env("CHECKOUT_WAIT_MS")?.parse()?),
    };
    rialto_http::run(&lambda, context, place_order).await
}
