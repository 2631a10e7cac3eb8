//! A step of a person's export: account and addresses.

use identity::handlers::{ExportAccount, export_person};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(ExportAccount::of(&context)?, export_person).await
}
