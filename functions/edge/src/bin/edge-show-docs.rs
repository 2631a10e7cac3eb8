//! `GET /v1/docs`: the contract as a page, and the files of that page.

use edge::handlers::show_docs;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("edge").await?;
    rialto_http::run(&context, (), show_docs).await
}
