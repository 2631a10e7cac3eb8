//! `GET /v1/me/addresses/{id}`: an address.

use identity::handlers::show_address;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Addresses::of(&context)?, show_address).await
}
