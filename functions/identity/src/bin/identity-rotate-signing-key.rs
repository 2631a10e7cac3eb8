//! Command at deployment: makes the key that signs access tokens.

use identity::handlers::{Rotation, rotate_signing_key};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_event(Rotation::of(&context)?, rotate_signing_key).await
}
