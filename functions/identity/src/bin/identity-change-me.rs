//! `PATCH /v1/me`: edits the profile.

use identity::handlers::change_me;
use identity::store::Users;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Users::of(&context)?, change_me).await
}
