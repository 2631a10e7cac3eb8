//! Queue of the bucket's notifications: each uploaded file becomes a picture of its product, or is refused, and is removed.
//!
//! | Step | Done again |
//! |---|---|
//! | is the picture still waited for? | if not, the file is removed, and that is all |
//! | read, judge and render the file | the same outcome |
//! | publish its sizes | under the same names |
//! | move it from album to product, or refuse it | once: a condition says so |
//! | remove the file | it is gone |

use rialto_kernel::Timestamp;
use rialto_lambda::{Context, InitError, Message};
use tokio::task::spawn_blocking;

use super::start_import::arrivals;
use crate::{
    Error,
    domain::{
        picture::{Asked, MediaType, Original, Picture, Refusal, Size},
        rendering::{Rendering, render},
    },
    store::{Arrival, Hung, PictureFiles, Store},
};

/// The table and the buckets.
#[derive(Debug, Clone)]
pub struct Darkroom {
    store: Store,
    files: PictureFiles,
}

impl Darkroom {
    /// From `CATALOG_TABLE`, `UPLOADS_BUCKET`, `IMAGES_BUCKET` and `IMAGES_BASE_URL`.
    ///
    /// # Errors
    /// When one of the first three is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self { store: super::store(context)?, files: PictureFiles::new(context)? })
    }
}

/// A key that is no picture's is logged and left alone.
///
/// # Errors
/// When the message is no notification, or the table or a bucket cannot be reached.
pub async fn process_image(room: &Darkroom, message: Message) -> Result<(), Error> {
    for file in arrivals(&message.body)? {
        process(room, &file, rialto_lambda::now()).await?;
    }
    Ok(())
}

async fn process(room: &Darkroom, file: &Arrival, now: Timestamp) -> Result<(), Error> {
    let Some(original) = Original::parse(&file.key) else {
        tracing::warn!(object.version = file.version_id, "an upload that is no picture's");
        return Ok(());
    };
    if let Some(asked) = room.store.awaited(original).await? {
        match developed(room, file, asked.content_type).await? {
            // An earlier attempt has removed it, or the bucket has.
            None => return Ok(()),
            Some(Err(refusal)) => refuse(room, original, &refusal, now).await?,
            Some(Ok(renderings)) => publish(room, original, asked, renderings, now).await?,
        }
    }
    room.files.remove_original(file).await
}

/// The file in all its sizes, or why it cannot be used; `None` when it is gone.
async fn developed(
    room: &Darkroom,
    file: &Arrival,
    kind: MediaType,
) -> Result<Option<Result<Vec<Rendering>, Refusal>>, Error> {
    if let Some(refusal) = Refusal::of_bytes(file.bytes) {
        return Ok(Some(Err(refusal)));
    }
    let Some(bytes) = room.files.original(file).await? else { return Ok(None) };
    match spawn_blocking(move || render(&bytes, kind)).await {
        Ok(rendered) => Ok(Some(rendered)),
        // A file on which a decoder gives up would make it give up again.
        Err(gone) if gone.is_panic() => Ok(Some(Err(Refusal::unreadable()))),
        Err(gone) => Err(Error::Data(gone.into())),
    }
}

async fn publish(
    room: &Darkroom,
    original: Original,
    asked: Asked,
    renderings: Vec<Rendering>,
    now: Timestamp,
) -> Result<(), Error> {
    let (mut sizes, mut keys) = (Vec::new(), Vec::new());
    for Rendering { width, height, digest, bytes } in renderings {
        let key = original.public_key(width, &digest);
        let url = room.files.publish(&key, bytes).await?;
        sizes.push(Size { width, height, url });
        keys.push(key);
    }
    let (width, height) = sizes.last().map(|size| (size.width, size.height)).unwrap_or_default();
    let picture = Picture { id: original.image_id, alt: asked.alt, width, height, sizes };
    let unshown = match room.store.hang(original, &picture, now).await? {
        Hung::There => return Ok(()),
        Hung::Unwanted => None,
        Hung::Refused(refusal) => Some(refusal),
    };
    for key in &keys {
        room.files.withdraw(key).await?;
    }
    match unshown {
        Some(refusal) => refuse(room, original, &refusal, now).await,
        None => Ok(()),
    }
}

async fn refuse(room: &Darkroom, original: Original, refusal: &Refusal, now: Timestamp) -> Result<(), Error> {
    tracing::info!(product.id = %original.product_id, image.id = %original.image_id, refusal.code = ?refusal.code, "refused");
    room.store.refuse_picture(original, refusal, now).await
}

#[cfg(test)]
#[path = "process_image_tests.rs"]
mod tests;
