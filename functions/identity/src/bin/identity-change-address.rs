//! `PUT /v1/me/addresses/{id}`: changes an address.

use identity::handlers::change_address;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Addresses::of(&context)?, change_address).await
}
