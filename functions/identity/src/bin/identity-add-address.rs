//! `POST /v1/me/addresses`: keeps an address.

use identity::handlers::add_address;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_http::run(&context, Addresses::of(&context)?, add_address).await
}
