//! `PUT /v1/me/preferences`

use identity::handlers::set_preferences;
use identity::store::Users;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Users::of(&context)?, set_preferences).await
}
