//! `POST /v1/products/{id}/images`

use catalog::handlers::create_image::{NewImages, create_image};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, NewImages::new(&context)?, create_image).await
}
