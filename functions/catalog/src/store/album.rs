//! Pictures of products. Those that shoppers see are in the product; those that wait for their file, or whose file was refused,
//! are in its album: one item, so that all of them are counted by one condition.
//!
//! A picture goes from album to product in one transaction, and never back. Who reads the album and then the product finds each
//! picture in one of them at least, or it was removed.

use rialto_dynamo::{Path, Put, Read, Update, cond, to_value};
use rialto_kernel::{ImageId, ProductId, SellerId, SignedDuration, Timestamp};

use super::{ATTEMPTS, Shown, Store, keys, products};
use crate::{
    Error,
    domain::{
        edit::Change,
        gallery::{hung, taken_down},
        picture::{Album, Asked, Original, Picture, Refusal},
        product::Product,
    },
};

const IMAGES: &str = "images";
const VERSION: &str = "version";
/// Items are removed some time after nothing is told of them, so that no request under way meets it.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// What became of a picture whose file was good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hung {
    /// It is part of the product, now or since an earlier attempt.
    There,
    /// It, or the product, was removed meanwhile.
    Unwanted,
    /// The product cannot take it.
    Refused(Refusal),
}

impl Store {
    /// Notes that a picture is to be uploaded. Again under the same id, it stays as it is.
    ///
    /// # Errors
    /// [`Error::ProductNotFound`], also for another's product; [`Error::TooManyPictures`]; [`Error::Contended`]; those of the
    /// table.
    pub async fn ask_for_picture(
        &self,
        seller: SellerId,
        product: ProductId,
        id: ImageId,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            // The album first: a picture that leaves it for the product meanwhile fails the condition.
            let album = self.album(product).await?;
            let shown = self.product_of(Some(seller), product).await?;
            let ready = &shown.product.pictures;
            if album.images.contains_key(&id) || ready.iter().any(|picture| picture.id == id) {
                return Ok(());
            }
            let next = album.asking(id, asked.clone(), ready.len(), now).ok_or(Error::TooManyPictures)?;
            let unchanged = match album.version {
                0 => cond::absent(VERSION),
                version => cond::eq(VERSION, version),
            };
            let update = Update::of(keys::album(product))
                .set("productId", product.to_string())
                .set(VERSION, next.version)
                .set(IMAGES, to_value(&next.images)?)
                .set("ttl", removable_at(next.expires_at().unwrap_or(now)))
                .when(unchanged);
            match self.table.update(update).await {
                Err(error) if error.condition_failed() => {}
                other => return Ok(other?),
            }
        }
        Err(Error::Contended)
    }

    /// A product's album, and then the product. Strong.
    ///
    /// # Errors
    /// [`Error::ProductNotFound`], also for another's product when `owner` is given; those of the table.
    pub async fn pictures(&self, owner: Option<SellerId>, product: ProductId) -> Result<(Shown, Album), Error> {
        let album = self.album(product).await?;
        Ok((self.product_of(owner, product).await?, album))
    }

    /// A picture that waits for its file; `None` when it does no more.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn awaited(&self, original: Original) -> Result<Option<Asked>, Error> {
        let mut album = self.album(original.product_id).await?;
        Ok(album.images.remove(&original.image_id).filter(|asked| asked.refusal.is_none()))
    }

    /// Makes a picture part of its product, the last, and takes it out of the album, in one transaction on the condition that it
    /// still waits there and that the product is as it was judged.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table.
    pub async fn hang(&self, original: Original, picture: &Picture, now: Timestamp) -> Result<Hung, Error> {
        let Original { seller_id, product_id, image_id } = original;
        for _ in 0..ATTEMPTS {
            let (shown, album) = match self.pictures(Some(seller_id), product_id).await {
                Err(Error::ProductNotFound) => return Ok(Hung::Unwanted),
                other => other?,
            };
            let before = &shown.product;
            if before.pictures.iter().any(|there| there.id == image_id) {
                return Ok(Hung::There);
            }
            if album.images.get(&image_id).is_none_or(|asked| asked.refusal.is_some()) {
                return Ok(Hung::Unwanted);
            }
            let (after, fields) = match hung(before, picture.clone()) {
                Err(refusal) => return Ok(Hung::Refused(refusal)),
                Ok(edited) => edited,
            };
            let version = before.version.saturating_add(1);
            let change = Change { version, at: now, by: seller_id.to_string(), fields };
            match self.move_in(image_id, before, &after, &change).await {
                Err(Error::Table(error)) if error.condition_failed() => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(Hung::There),
            }
        }
        Err(Error::Contended)
    }

    async fn move_in(&self, id: ImageId, before: &Product, after: &Product, change: &Change) -> Result<(), Error> {
        let writes = vec![
            products::change(before, after, change.at)?.into(),
            Put::new(&keys::change(after.id, change.version), change)?.into(),
            left(after.id, id).when(cond::absent(place(id).entry("refusal"))).into(),
        ];
        Ok(self.table.transact(writes).await?)
    }

    /// Notes why a picture's file cannot be used, if it still waits.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn refuse_picture(&self, original: Original, refusal: &Refusal, now: Timestamp) -> Result<(), Error> {
        let (place, until) = (place(original.image_id), Asked::told_until(now));
        let update = Update::of(keys::album(original.product_id))
            .set(place.clone().entry("refusal"), to_value(refusal)?)
            .set(place.clone().entry("expiresAt"), until.to_string())
            .set("ttl", removable_at(until))
            .add(VERSION, 1)
            .when(cond::exists(place.clone()))
            .when(cond::absent(place.entry("refusal")));
        match self.table.update(update).await {
            Err(error) if error.condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }

    /// Removes a picture, wherever it stands.
    ///
    /// # Errors
    /// [`Error::PictureNotFound`]; [`Error::ProductNotFound`], also for another's product when `owner` is given;
    /// [`Error::Contended`]; those of the table.
    pub async fn remove_picture(
        &self,
        owner: Option<SellerId>,
        product: ProductId,
        id: ImageId,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let (shown, album) = self.pictures(owner, product).await?;
            if !album.images.contains_key(&id) {
                if !shown.product.pictures.iter().any(|picture| picture.id == id) {
                    return Err(Error::PictureNotFound);
                }
                let without = |shown: &Shown| Ok::<_, Error>(taken_down(&shown.product, id));
                return self.edit(owner, product, by, now, without).await.map(drop);
            }
            match self.table.update(left(product, id)).await {
                // It is part of the product by now, or removed.
                Err(error) if error.condition_failed() => {}
                other => return Ok(other?),
            }
        }
        Err(Error::Contended)
    }

    async fn album(&self, product: ProductId) -> Result<Album, Error> {
        Ok(self.table.get(&keys::album(product), Read::Strong).await?.unwrap_or_default())
    }
}

/// The album without a picture that is there.
fn left(product: ProductId, id: ImageId) -> Update {
    Update::of(keys::album(product)).remove(place(id)).add(VERSION, 1).when(cond::exists(place(id)))
}

fn place(id: ImageId) -> Path {
    Path::attribute(IMAGES).entry(id.to_string())
}

fn removable_at(time: Timestamp) -> i64 {
    time.saturating_add(GRACE).unwrap_or(time).as_second()
}
