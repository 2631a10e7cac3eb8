//! `POST /v1/users`: makes an account.

use identity::handlers::register_user;
use identity::store::Users;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Users::of(&context)?, register_user).await
}
