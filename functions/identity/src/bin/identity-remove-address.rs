//! `DELETE /v1/me/addresses/{id}`: removes an address.

use identity::handlers::remove_address;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Addresses::of(&context)?, remove_address).await
}
