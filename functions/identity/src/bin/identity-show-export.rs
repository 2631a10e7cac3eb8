//! `GET /v1/me/exports/{id}`: how far it is, and the link.

use identity::handlers::{ShowExport, show_export};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, ShowExport::of(&context)?, show_export).await
}
