//! `GET /.well-known/jwks.json`: the public keys of access tokens.

use identity::handlers::{ShowJwks, show_jwks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, ShowJwks::of(&context)?, show_jwks).await
}
