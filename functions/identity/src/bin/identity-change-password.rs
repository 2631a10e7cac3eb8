//! `PUT /v1/me/password`: another password.

use identity::handlers::{Devices, change_password};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Devices::of(&context)?, change_password).await
}
