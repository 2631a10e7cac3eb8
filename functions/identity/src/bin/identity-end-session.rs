//! `DELETE /v1/sessions/{id}`: logs a person out.

use identity::handlers::{Devices, end_session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Devices::of(&context)?, end_session).await
}
