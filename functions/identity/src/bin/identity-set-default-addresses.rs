//! `PUT /v1/me/addresses/defaults`: chooses the defaults.

use identity::handlers::set_default_addresses;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Addresses::of(&context)?, set_default_addresses).await
}
