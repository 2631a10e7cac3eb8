//! Pictures of a product, which its seller uploads: what one is, and what became of one that is not part of its product.

use std::collections::BTreeMap;

use rialto_kernel::{ImageId, ProductId, SellerId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::edit::{TextError, line};

/// The most pictures of one product, with those that wait for their file.
pub const PICTURES: usize = 20;
/// The most bytes of an uploaded file.
pub const FILE_BYTES: u64 = 10_000_000;

const ALT_CHARS: usize = 250;
const ORIGINALS: &str = "originals";
/// How long a picture waits for its file.
const WAITS: SignedDuration = SignedDuration::from_hours(24);
/// How long is told why a file was refused.
const TOLD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many refusals are told at once, the newest.
const REFUSALS: usize = 20;

/// A picture that shoppers see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProductImage)]
pub struct Picture {
    /// Its id.
    pub id: ImageId,
    /// What it shows, for those who do not see it; empty where its seller does not say.
    #[schema(example = "A brass lamp on a desk")]
    pub alt: String,
    /// Pixels of the largest size.
    #[schema(minimum = 1, example = 1200)]
    pub width: u32,
    /// Pixels of the largest size.
    #[schema(minimum = 1, example = 900)]
    pub height: u32,
    /// At least one, the smallest first. What is behind an address never changes.
    pub sizes: Vec<Size>,
}

/// A picture in one size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductImageSize)]
pub struct Size {
    /// Pixels.
    #[schema(minimum = 1, example = 1200)]
    pub width: u32,
    /// Pixels.
    #[schema(minimum = 1, example = 900)]
    pub height: u32,
    /// Where it is: a JPEG.
    #[schema(example = "https://images.example.com/products/prd_0190163d8694739b9f3a1c5d7e9b2f40/a.jpg")]
    pub url: String,
}

impl Picture {
    /// The address of the largest size.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.sizes.last().map(|size| size.url.as_str())
    }
}

/// What a picture shows, in words: one line, empty for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductImageAlt, value_type = String, max_length = 250, example = "A brass lamp on a desk")]
pub struct Alt(String);

impl TryFrom<String> for Alt {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 0, ALT_CHARS).map(Self)
    }
}

impl From<Alt> for String {
    fn from(alt: Alt) -> Self {
        alt.0
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductImageType)]
pub enum MediaType {
    /// A photo, usually.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A drawing, or a photo without loss.
    #[serde(rename = "image/png")]
    Png,
    /// Either.
    #[serde(rename = "image/webp")]
    Webp,
}

impl MediaType {
    /// As `Content-Type` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// Where a picture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductImageState)]
pub enum State {
    /// Its file is not there yet, or is being looked at.
    AwaitingUpload,
    /// Its file cannot be used. Ask for another picture.
    Refused,
    /// It is part of the product.
    Ready,
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductImageRefusal)]
pub struct Refusal {
    /// The kind of reason.
    pub code: RefusalCode,
    /// What to change, for a person.
    #[schema(example = "It has 90 million pixels. Scale it to 40 million at most.")]
    pub detail: String,
}

/// A kind of reason why a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductImageRefusalCode)]
pub enum RefusalCode {
    /// It is no JPEG, PNG or WebP.
    NotAnImage,
    /// It is another of these than was said.
    OtherType,
    /// It has too many bytes.
    TooManyBytes,
    /// It has too many pixels.
    TooManyPixels,
    /// It has too few pixels.
    TooSmall,
    /// It moves.
    Animated,
    /// It is damaged.
    Unreadable,
    /// The product says too much already.
    ProductTooLarge,
}

impl Refusal {
    /// A refusal with what to change.
    #[must_use]
    pub fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// Of a file that no decoder gets through.
    #[must_use]
    pub fn unreadable() -> Self {
        Self::new(RefusalCode::Unreadable, "It is damaged. Save it anew and upload that.")
    }

    /// Of a file with this many bytes, if that is too many.
    #[must_use]
    pub fn of_bytes(bytes: u64) -> Option<Self> {
        (bytes > FILE_BYTES).then(|| {
            let detail = format!("It has {bytes} bytes. Save it with {FILE_BYTES} at most.");
            Self::new(RefusalCode::TooManyBytes, detail)
        })
    }
}

/// A picture that is not part of its product: it waits for its file, or the file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// What its file was said to be.
    pub content_type: MediaType,
    /// What it shows.
    pub alt: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When nothing is told of it any more.
    pub expires_at: Timestamp,
    /// Why its file cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

impl Asked {
    /// One that waits for its file.
    #[must_use]
    pub fn awaiting(content_type: MediaType, alt: Alt, now: Timestamp) -> Self {
        Self { content_type, alt: alt.into(), created_at: now, expires_at: later(now, WAITS), refusal: None }
    }

    /// Until when a refusal is told.
    #[must_use]
    pub fn told_until(now: Timestamp) -> Timestamp {
        later(now, TOLD)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(now)
}

/// A product's pictures that are not part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Album {
    /// Changes with each change of it; 0 while there is none.
    #[serde(default)]
    pub version: u64,
    /// By id.
    #[serde(default)]
    pub images: BTreeMap<ImageId, Asked>,
}

impl Album {
    /// Those of which is still told, in the order in which they were asked for.
    #[must_use]
    pub fn told(&self, now: Timestamp) -> Vec<(ImageId, &Asked)> {
        let mut told: Vec<_> =
            self.images.iter().filter(|(_, asked)| !asked.is_over(now)).map(|(id, asked)| (*id, asked)).collect();
        told.sort_by_key(|(id, asked)| (asked.created_at, *id));
        told
    }

    /// The album with one more, without what is over and without refusals beyond the newest 20; `None` where the product, with
    /// `ready` pictures, has as many as it can have.
    #[must_use]
    pub fn asking(&self, id: ImageId, asked: Asked, ready: usize, now: Timestamp) -> Option<Self> {
        let told = self.told(now);
        let (refused, waiting): (Vec<_>, Vec<_>) = told.into_iter().partition(|(_, asked)| asked.refusal.is_some());
        if ready.saturating_add(waiting.len()) >= PICTURES {
            return None;
        }
        let newest = refused.into_iter().rev().take(REFUSALS);
        let kept = waiting.into_iter().chain(newest).map(|(id, asked)| (id, asked.clone()));
        Some(Self { version: self.next_version(now), images: kept.chain([(id, asked)]).collect() })
    }

    /// When nothing is told of any of them any more.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.images.values().map(|asked| asked.expires_at).max()
    }

    /// Goes with the clock, so that an album that is removed when all of it is over and begun again has no version twice.
    fn next_version(&self, now: Timestamp) -> u64 {
        self.version.saturating_add(1).max(u64::try_from(now.as_microsecond()).unwrap_or(0))
    }
}

/// Whose picture an uploaded file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// Who sells the product.
    pub seller_id: SellerId,
    /// The product.
    pub product_id: ProductId,
    /// The picture.
    pub image_id: ImageId,
}

impl Original {
    /// The key under which the file is uploaded.
    #[must_use]
    pub fn key(self) -> String {
        format!("{ORIGINALS}/{}/{}/{}", self.seller_id, self.product_id, self.image_id)
    }

    /// Reads a decoded key; `None` when it is none of these.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        let parts: Vec<&str> = key.split('/').collect();
        let [ORIGINALS, seller, product, image] = parts.as_slice() else { return None };
        let (seller_id, product_id) = (seller.parse().ok()?, product.parse().ok()?);
        Some(Self { seller_id, product_id, image_id: image.parse().ok()? })
    }

    /// The key of the picture in one size, by the width and what the file holds: nothing else is ever put there.
    #[must_use]
    pub fn public_key(self, width: u32, digest: &str) -> String {
        format!("products/{}/{}/{width}-{digest}.jpg", self.product_id, self.image_id)
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
