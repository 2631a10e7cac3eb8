//! `POST /v1/events`

use search::handlers::{EventRecorder, record_events};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, EventRecorder::new(&context)?, record_events).await
}
