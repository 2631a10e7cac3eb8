//! `GET /v1/erasures/{id}`: how far it is.

use identity::handlers::show_erasure;
use identity::store::Erasures;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Erasures::of(&context)?, show_erasure).await
}
