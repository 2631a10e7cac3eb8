//! Changes of products by their seller or an operator, and their history.

use std::collections::BTreeMap;

use rialto_dynamo::{Page, Position as Place, Put, Query, Read};
use rialto_kernel::{ProductId, SellerId, Timestamp};

use super::{ATTEMPTS, Shown, Store, keys, products, products::ProductRow};
use crate::{
    Error,
    domain::{
        edit::{Change, Difference, Edit, EditError, edited_at},
        product::Product,
    },
};

/// A page of a product's changes, newest first.
pub type ChangePage = Page<Change>;

/// A product as it is to be, and which fields that changes.
pub type Edited = (Product, BTreeMap<String, Difference>);

impl Store {
    /// A product as its seller or an operator sees it, shown to shoppers or not. Strong.
    ///
    /// # Errors
    /// [`Error::ProductNotFound`], also for another's product when `owner` is given; those of the table.
    pub async fn product_of(&self, owner: Option<SellerId>, id: ProductId) -> Result<Shown, Error> {
        let row: Option<ProductRow> = self.table.get(&keys::product(id), Read::Strong).await?;
        let shown = row.and_then(ProductRow::shown).filter(|shown| shown.product.main.is_some());
        let mine = shown.filter(|shown| owner.is_none_or(|owner| owner == shown.product.seller_id));
        mine.ok_or(Error::ProductNotFound)
    }

    /// Changes a product and writes down what changed, in one transaction on the condition that it is as it was judged.
    /// A change that changes nothing is not written.
    ///
    /// # Errors
    /// [`Error::ProductNotFound`]; what `edit` refuses; [`Error::Contended`]; those of the table.
    pub async fn edit<E: From<Error>>(
        &self,
        owner: Option<SellerId>,
        id: ProductId,
        by: &str,
        now: Timestamp,
        edit: impl Fn(&Shown) -> Result<Edited, E>,
    ) -> Result<Shown, E> {
        self.edit_as_judged(owner, id, by, now, async |shown: &Shown| edit(shown)).await
    }

    async fn edit_as_judged<E: From<Error>>(
        &self,
        owner: Option<SellerId>,
        id: ProductId,
        by: &str,
        now: Timestamp,
        edit: impl AsyncFn(&Shown) -> Result<Edited, E>,
    ) -> Result<Shown, E> {
        for _ in 0..ATTEMPTS {
            let shown = self.product_of(owner, id).await?;
            let (after, fields) = edit(&shown).await?;
            if fields.is_empty() {
                return Ok(shown);
            }
            let version = shown.product.version.saturating_add(1);
            let change = Change { version, at: now, by: by.to_owned(), fields };
            match self.write(&shown.product, &after, &change, now).await {
                Err(Error::Table(error)) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    let product = Product { version, ..after };
                    return Ok(Shown { product, availability: shown.availability });
                }
            }
        }
        Err(Error::Contended.into())
    }

    /// As [`Store::edit`], what an edit says, by what the product's category declares. `judge` gets what the edit makes of the
    /// product, or why it cannot be done.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub async fn apply_edit<E: From<Error>>(
        &self,
        owner: Option<SellerId>,
        id: ProductId,
        by: &str,
        now: Timestamp,
        edit: &Edit,
        judge: impl Fn(&Shown, Result<Edited, EditError>) -> Result<Edited, E>,
    ) -> Result<Shown, E> {
        self.edit_as_judged(owner, id, by, now, async |shown: &Shown| {
            let led = match edit.judged_at(&shown.product) {
                Some(path) => Some(self.lead(&path, Read::Eventual).await?),
                None => None,
            };
            judge(shown, edited_at(&shown.product, edit, led.as_ref(), now))
        })
        .await
    }

    async fn write(&self, before: &Product, after: &Product, change: &Change, now: Timestamp) -> Result<(), Error> {
        let entry = Put::new(&keys::change(after.id, change.version), change)?;
        let writes = vec![products::change(before, after, now)?.into(), entry.into()];
        Ok(self.table.transact(writes).await?)
    }

    /// A page of a product's changes, newest first.
    ///
    /// # Errors
    /// Those of the table; a position of another list.
    pub async fn changes_of(&self, id: ProductId, limit: usize, after: Option<Place>) -> Result<ChangePage, Error> {
        let query = Query::pk(keys::product(id).pk).sk_begins(keys::CHANGES).descending().limit(limit).after(after);
        Ok(self.table.query(query).await?)
    }
}
