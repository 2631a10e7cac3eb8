//! Step of checkout: the address an order goes to.

use identity::handlers::resolve_address;
use identity::store::Addresses;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(Addresses::of(&context)?, resolve_address).await
}
