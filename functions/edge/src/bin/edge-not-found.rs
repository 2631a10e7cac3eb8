//! Whatever no other function answers: 404 or 405.

use edge::domain::Routes;
use edge::handlers::not_found;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("edge").await?;
    rialto_http::run(&context, Routes::of(edge::CONTRACT)?, not_found).await
}
