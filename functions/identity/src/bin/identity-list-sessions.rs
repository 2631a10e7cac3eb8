//! `GET /v1/sessions`: where a person is logged in.

use identity::handlers::{Devices, list_sessions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Devices::of(&context)?, list_sessions).await
}
