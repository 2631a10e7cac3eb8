//! Queue of the bucket's notifications

use catalog::handlers::process_image::{Darkroom, process_image};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_sqs(Darkroom::new(&context)?, process_image).await
}
