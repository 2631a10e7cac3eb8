//! Makes the reports of a day; invoked each night.

use search::handlers::{Reporter, report_day};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_event(Reporter::new(&context)?, report_day).await
}
