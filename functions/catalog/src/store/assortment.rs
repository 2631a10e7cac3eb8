//! A seller's own products by status, in an index that holds keys only: what changes of a product but its status does not touch it.

use rialto_dynamo::{Key, Page, Position as Place, Query, Read};
use rialto_kernel::SellerId;

use super::{Shown, Store, keys, products::ProductRow};
use crate::{Error, domain::product::Status};

impl Store {
    /// A page of a seller's products of one status, by the SKU of their main row, as they are now. One whose status has just
    /// changed is left out.
    ///
    /// # Errors
    /// Those of the table; a position of another list.
    pub async fn assortment(
        &self,
        seller: SellerId,
        status: Status,
        limit: usize,
        after: Option<Place>,
    ) -> Result<Page<Shown>, Error> {
        let query = Query::pk(keys::assortment(seller, status)).index("gsi2").limit(limit).after(after);
        let page: Page<Key> = self.table.query(query).await?;
        // Strong: a product that is older than its place in the index would be left out though it is of this status.
        let rows: Vec<ProductRow> = self.table.batch_get(&page.items, Read::Strong).await?;
        let shown = rows.into_iter().filter_map(ProductRow::shown);
        let items = shown.filter(|it| it.product.status == status && it.product.main.is_some()).collect();
        Ok(Page { items, next: page.next })
    }
}
