//! `GET /v1/me/addresses`: the addresses of a person.

use identity::handlers::list_addresses;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Addresses::of(&context)?, list_addresses).await
}
