//! The export bucket.

use std::time::Duration;

use aws_sdk_s3::{Client, error::DisplayErrorContext, presigning::PresigningConfig, primitives::ByteStream};
use rialto_kernel::ExportId;
use rialto_lambda::{Context, InitError};
use serde::Serialize;
use thiserror::Error;

/// The bucket did not do as asked. Says nothing of what is in it.
#[derive(Debug, Error)]
#[error("{operation} failed: {cause}")]
pub struct ArchivesError {
    operation: &'static str,
    cause: String,
}

impl ArchivesError {
    fn of(operation: &'static str) -> impl FnOnce(&dyn std::error::Error) -> Self {
        move |error| Self { operation, cause: DisplayErrorContext(error).to_string() }
    }
}

/// The bucket of exports.
#[derive(Debug, Clone)]
pub struct Archives {
    client: Client,
    bucket: String,
    context: Context,
}

impl Archives {
    /// The bucket of `EXPORTS_BUCKET`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        // Bucket names do not resolve as hosts where the endpoint is one's own.
        let set = |name: &str| rialto_lambda::env(name).is_ok();
        let own = context.sdk().endpoint_url().is_some() || set("AWS_ENDPOINT_URL_S3") || set("AWS_ENDPOINT_URL");
        let config = aws_sdk_s3::config::Builder::from(context.sdk()).force_path_style(own).build();
        Ok(Self {
            client: Client::from_conf(config),
            bucket: rialto_lambda::env("EXPORTS_BUCKET")?,
            context: context.clone(),
        })
    }

    /// Puts a service's part of an export, in place of one that an earlier run put.
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub async fn put_part(&self, export: ExportId, service: &str, part: &impl Serialize) -> Result<(), ArchivesError> {
        let json = serde_json::to_vec_pretty(part).map_err(|error| ArchivesError::of("writing the part")(&error))?;
        self.put(&part_key(export, service), "application/json", json).await
    }

    /// A service's part.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn part(&self, export: ExportId, service: &str) -> Result<Vec<u8>, ArchivesError> {
        let get = self.client.get_object().bucket(&self.bucket).key(part_key(export, service));
        let object = get.send().await.map_err(|error| ArchivesError::of("s3:GetObject")(&error))?;
        let body = object.body.collect().await.map_err(|error| ArchivesError::of("s3:GetObject")(&error))?;
        Ok(body.to_vec())
    }

    /// Puts the whole archive.
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub async fn put_archive(&self, export: ExportId, zip: Vec<u8>) -> Result<(), ArchivesError> {
        self.put(&archive_key(export), "application/zip", zip).await
    }

    /// Removes an archive, should it be there.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn remove_archive(&self, export: ExportId) -> Result<(), ArchivesError> {
        self.remove(&archive_key(export)).await
    }

    /// Removes a service's part, should it be there.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn remove_part(&self, export: ExportId, service: &str) -> Result<(), ArchivesError> {
        self.remove(&part_key(export, service)).await
    }

    /// An address that answers the archive for so long, to whoever has it.
    ///
    /// # Errors
    /// When there are no credentials to sign with.
    pub async fn link(&self, export: ExportId, lives: Duration) -> Result<String, ArchivesError> {
        let key = archive_key(export);
        let lives = PresigningConfig::expires_in(lives).map_err(|error| ArchivesError::of("presigning")(&error))?;
        self.context.record("s3:GetObject", &format!("{}/{key}", self.bucket));
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let request = get.presigned(lives).await.map_err(|error| ArchivesError::of("presigning")(&error))?;
        Ok(request.uri().to_owned())
    }

    async fn remove(&self, key: &str) -> Result<(), ArchivesError> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        delete.send().await.map(drop).map_err(|error| ArchivesError::of("s3:DeleteObject")(&error))
    }

    async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), ArchivesError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let put = put.body(ByteStream::from(body)).send().await;
        put.map(drop).map_err(|error| ArchivesError::of("s3:PutObject")(&error))
    }
}

fn part_key(export: ExportId, service: &str) -> String {
    format!("parts/{export}/{service}.json")
}

fn archive_key(export: ExportId) -> String {
    format!("archives/{export}.zip")
}
