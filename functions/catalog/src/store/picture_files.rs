//! Files of pictures: originals, which nobody but us reads and only until they are looked at, and what shoppers load.
//!
//! Products keep whole addresses, so that page, lists, news and quotes need no setting and no second read. A new base is that of
//! pictures from then on; the old one has to answer as long as products and orders name it, as caches do anyway.

use aws_sdk_s3::{Client, error::ProvideErrorMetadata, primitives::ByteStream};
use rialto_lambda::{Context, InitError};

use super::{
    Arrival,
    uploads::{address_of, client_of},
};
use crate::Error;

/// Names are of what the file holds, so that it never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The bucket of originals, and that of pictures.
#[derive(Debug, Clone)]
pub struct PictureFiles {
    client: Client,
    originals: String,
    pictures: String,
    /// What addresses of pictures begin with, without a slash at the end.
    base: String,
}

impl PictureFiles {
    /// The buckets of `UPLOADS_BUCKET` and `IMAGES_BUCKET`. Addresses begin with `IMAGES_BASE_URL`, or are the bucket's own.
    ///
    /// # Errors
    /// When a bucket is not set, or there is no region.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let pictures = rialto_lambda::env("IMAGES_BUCKET")?;
        let base = match rialto_lambda::env("IMAGES_BASE_URL") {
            Ok(base) => base,
            Err(_) => address_of(context.sdk(), &pictures)?,
        };
        Ok(Self::over(client_of(context.sdk()), rialto_lambda::env("UPLOADS_BUCKET")?, pictures, &base))
    }

    /// These buckets, with what addresses begin with.
    pub(crate) fn over(client: Client, originals: String, pictures: String, base: &str) -> Self {
        Self { client, originals, pictures, base: base.trim_end_matches('/').to_owned() }
    }

    /// An original; `None` when it is gone.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub async fn original(&self, file: &Arrival) -> Result<Option<Vec<u8>>, Error> {
        let object = self.client.get_object().bucket(&self.originals).key(&file.key).version_id(&file.version_id);
        let object = match object.send().await {
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "NoSuchVersion")) => return Ok(None),
            other => other.map_err(Error::aws("s3:GetObject"))?,
        };
        let body = object.body.collect().await.map_err(Error::aws("s3:GetObject"))?;
        Ok(Some(body.to_vec()))
    }

    /// Removes an original for good: that very version. Again, it is gone.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub async fn remove_original(&self, file: &Arrival) -> Result<(), Error> {
        let delete = self.client.delete_object().bucket(&self.originals).key(&file.key).version_id(&file.version_id);
        match delete.send().await {
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "NoSuchVersion")) => Ok(()),
            other => other.map(drop).map_err(Error::aws("s3:DeleteObject")),
        }
    }

    /// Puts a JPEG where shoppers load it from, and answers its address. Again, it is the same one.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub async fn publish(&self, key: &str, jpeg: Vec<u8>) -> Result<String, Error> {
        let put = self.client.put_object().bucket(&self.pictures).key(key).content_type("image/jpeg");
        let put = put.cache_control(FOR_EVER).body(ByteStream::from(jpeg));
        put.send().await.map_err(Error::aws("s3:PutObject"))?;
        Ok(format!("{}/{key}", self.base))
    }

    /// Removes what was published and never shown.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub async fn withdraw(&self, key: &str) -> Result<(), Error> {
        let delete = self.client.delete_object().bucket(&self.pictures).key(key);
        delete.send().await.map(drop).map_err(Error::aws("s3:DeleteObject"))
    }
}
