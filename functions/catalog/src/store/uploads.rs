//! The bucket: uploaded files are read window by window, reports are written part by part.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use rialto_lambda::{Context, InitError, SdkConfig};

use crate::{
    Error,
    domain::{
        job::{FILE_BYTES, Job},
        reading::FileError,
        record::{Position, WINDOW_BYTES},
        report,
    },
};

const REPORT_URL_LIVES: Duration = Duration::from_secs(60 * 60);
/// S3 takes parts of at least 5 MiB, but for the last.
const PART_BYTES: usize = 6 * 1024 * 1024;

/// The bucket of uploads and reports.
#[derive(Debug, Clone)]
pub struct Uploads {
    client: Client,
    bucket: String,
    context: Context,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it ends with the file.
    pub last: bool,
}

/// A report that is being written. Nothing is to be seen of it until it is finished.
#[derive(Debug)]
pub struct Report<'a> {
    uploads: &'a Uploads,
    key: String,
    waiting: Vec<u8>,
    upload_id: Option<String>,
    parts: Vec<CompletedPart>,
}

impl Uploads {
    /// The bucket of `UPLOADS_BUCKET`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self {
            client: client_of(context.sdk()),
            bucket: rialto_lambda::env("UPLOADS_BUCKET")?,
            context: context.clone(),
        })
    }

    /// The part of a job's file that begins at `from`.
    ///
    /// # Errors
    /// [`Error::FileUnreadable`] when the file is too long, empty or gone; [`Error::Aws`].
    pub async fn window(&self, job: &Job, from: Position) -> Result<Window, Error> {
        let bytes = job.bytes.unwrap_or_default();
        if bytes > FILE_BYTES {
            return Err(FileError::FileTooLong { bytes, most: FILE_BYTES }.into());
        }
        if bytes == 0 {
            return Err(FileError::Empty.into());
        }
        let end = from.offset.saturating_add(WINDOW_BYTES).min(bytes);
        let range = format!("bytes={}-{}", from.offset, end.saturating_sub(1));
        let object = self.client.get_object().bucket(&self.bucket).key(&job.key).set_version_id(job.version_id.clone());
        let object = match object.range(range).send().await {
            Ok(object) => object,
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "NoSuchVersion")) => {
                return Err(FileError::Gone.into());
            }
            Err(error) => return Err(Error::aws("s3:GetObject")(error)),
        };
        let body = object.body.collect().await.map_err(Error::aws("s3:GetObject"))?;
        Ok(Window { bytes: body.to_vec(), last: end == bytes })
    }

    /// An address that answers a report for an hour, to whoever has it.
    ///
    /// # Errors
    /// [`Error::Aws`] when there are no credentials to sign with.
    pub async fn report_url(&self, key: &str) -> Result<String, Error> {
        let lives = PresigningConfig::expires_in(REPORT_URL_LIVES).map_err(Error::aws("presigning"))?;
        self.context.record("s3:GetObject", &format!("{}/{key}", self.bucket));
        let request = self.client.get_object().bucket(&self.bucket).key(key).presigned(lives).await;
        Ok(request.map_err(Error::aws("presigning"))?.uri().to_owned())
    }

    /// Begins a report at `key`.
    #[must_use]
    pub fn report(&self, key: String) -> Report<'_> {
        Report { uploads: self, key, waiting: report::HEADER.as_bytes().to_vec(), upload_id: None, parts: Vec::new() }
    }
}

impl Report<'_> {
    /// Adds lines.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub async fn add(&mut self, lines: &[u8]) -> Result<(), Error> {
        self.waiting.extend_from_slice(lines);
        if self.waiting.len() < PART_BYTES {
            return Ok(());
        }
        let id = match self.upload_id.clone() {
            Some(id) => id,
            None => self.begin().await?,
        };
        self.send_part(id).await
    }

    /// Ends the report, in place of one that an earlier run wrote.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub async fn finish(mut self) -> Result<(), Error> {
        let Uploads { client, bucket, .. } = self.uploads;
        let Some(id) = self.upload_id.clone() else {
            let body = ByteStream::from(std::mem::take(&mut self.waiting));
            let put =
                client.put_object().bucket(bucket).key(&self.key).content_type("text/csv; charset=utf-8").body(body);
            return put.send().await.map(drop).map_err(Error::aws("s3:PutObject"));
        };
        if !self.waiting.is_empty() {
            self.send_part(id.clone()).await?;
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let complete =
            client.complete_multipart_upload().bucket(bucket).key(&self.key).upload_id(id).multipart_upload(parts);
        complete.send().await.map(drop).map_err(Error::aws("s3:CompleteMultipartUpload"))
    }

    /// An upload that is begun and never finished is removed by the bucket's lifecycle.
    async fn begin(&mut self) -> Result<String, Error> {
        let Uploads { client, bucket, .. } = self.uploads;
        let create =
            client.create_multipart_upload().bucket(bucket).key(&self.key).content_type("text/csv; charset=utf-8");
        let created = create.send().await.map_err(Error::aws("s3:CreateMultipartUpload"))?;
        let id = created.upload_id().ok_or_else(|| Error::Data("an upload without an id".into()))?.to_owned();
        self.upload_id = Some(id.clone());
        Ok(id)
    }

    async fn send_part(&mut self, id: String) -> Result<(), Error> {
        let Uploads { client, bucket, .. } = self.uploads;
        let number = i32::try_from(self.parts.len().saturating_add(1)).map_err(|error| Error::Data(error.into()))?;
        let body = ByteStream::from(std::mem::take(&mut self.waiting));
        let part = client.upload_part().bucket(bucket).key(&self.key).upload_id(id).part_number(number).body(body);
        let sent = part.send().await.map_err(Error::aws("s3:UploadPart"))?;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
        Ok(())
    }
}

/// A client of S3.
pub(super) fn client_of(sdk: &SdkConfig) -> Client {
    // Bucket names do not resolve as hosts where the endpoint is one's own.
    let own_endpoint = endpoint_of(sdk).is_some();
    Client::from_conf(aws_sdk_s3::config::Builder::from(sdk).force_path_style(own_endpoint).build())
}

/// The address of a bucket, without a slash at the end.
///
/// # Errors
/// When there is no region.
pub(super) fn address_of(sdk: &SdkConfig, bucket: &str) -> Result<String, InitError> {
    if let Some(endpoint) = endpoint_of(sdk) {
        return Ok(format!("{}/{bucket}", endpoint.trim_end_matches('/')));
    }
    let region = sdk.region().ok_or_else(|| InitError::Missing("AWS_REGION".to_owned()))?;
    Ok(format!("https://{bucket}.s3.{region}.amazonaws.com"))
}

/// The endpoint of S3 where it is not AWS's own.
fn endpoint_of(sdk: &SdkConfig) -> Option<String> {
    let of_s3 = rialto_lambda::env("AWS_ENDPOINT_URL_S3").ok();
    of_s3.or_else(|| sdk.endpoint_url().map(str::to_owned)).or_else(|| rialto_lambda::env("AWS_ENDPOINT_URL").ok())
}
