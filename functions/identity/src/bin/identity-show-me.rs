//! `GET /v1/me`: account and profile.

use identity::handlers::show_me;
use identity::store::Users;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Users::of(&context)?, show_me).await
}
