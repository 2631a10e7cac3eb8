//! `POST /v1/me/exports`: asks for a copy of all data.

use identity::handlers::request_export;
use identity::store::Exports;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Exports::of(&context)?, request_export).await
}
