//! The last step of a person's export: the archive.

use identity::handlers::{ExportAccount, pack_export};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("identity").await?;
    rialto_lambda::run_step(ExportAccount::of(&context)?, pack_export).await
}
