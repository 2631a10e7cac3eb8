//! The CDN that keeps pages for shoppers: a CloudFront distribution.

use aws_sdk_cloudfront::{
    Client,
    types::{InvalidationBatch, Paths},
};
use rialto_lambda::{Context, InitError};

use crate::Error;

/// What a CDN can be told to forget.
#[derive(Debug, Clone)]
pub struct Cdn {
    client: Client,
    distribution: String,
}

impl Cdn {
    /// The distribution of `CDN_DISTRIBUTION`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self { client: Client::new(context.sdk()), distribution: rialto_lambda::env("CDN_DISTRIBUTION")? })
    }

    /// Has it forget what it keeps of these paths, of which there is one or more. `*` at a path's end stands for anything. The same
    /// `reference` and paths again are the same request.
    ///
    /// # Errors
    /// [`Error::Aws`], also while as many requests are under way as it takes.
    pub async fn forget(&self, paths: Vec<String>, reference: &str) -> Result<(), Error> {
        let quantity = i32::try_from(paths.len()).unwrap_or(i32::MAX);
        let paths = Paths::builder().quantity(quantity).set_items(Some(paths)).build();
        let paths = paths.map_err(Error::aws("cloudfront:CreateInvalidation"))?;
        let batch = InvalidationBatch::builder().paths(paths).caller_reference(reference).build();
        let batch = batch.map_err(Error::aws("cloudfront:CreateInvalidation"))?;
        let request = self.client.create_invalidation().distribution_id(&self.distribution).invalidation_batch(batch);
        request.send().await.map(drop).map_err(Error::aws("cloudfront:CreateInvalidation"))
    }
}
