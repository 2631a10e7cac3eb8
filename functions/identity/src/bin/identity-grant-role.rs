//! Command with AWS credentials: makes a person a seller or an operator.

use identity::handlers::grant_role;
use identity::store::Users;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(Users::of(&context)?, grant_role).await
}
