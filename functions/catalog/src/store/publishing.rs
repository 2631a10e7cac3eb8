//! Drafts whose time has come are put on sale.

use futures::{StreamExt, stream};
use rialto_dynamo::{Page, Query};
use rialto_kernel::Timestamp;
use serde::Serialize;

use super::{AT_ONCE, Store, keys, products::ProductRow};
use crate::{
    Error,
    domain::{
        edit::published,
        product::{Product, Status},
    },
};

/// Who is written down for a product that its schedule put on sale.
const SCHEDULE: &str = "schedule";
/// Products are read whole.
const PAGE: usize = 25;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Products on sale.
    pub published: u32,
    /// Drafts that had been changed meanwhile, or taken off.
    pub settled: u32,
    /// Left for the next sweep.
    pub failed: u32,
}

impl Store {
    /// Puts on sale all drafts whose time has come. Each is judged as it is when it is written, so that of a schedule, an
    /// edit and an archiving at once each sees what the other made, and a product is put on sale once.
    ///
    /// # Errors
    /// When the index cannot be read. What fails of a product is counted, and found again by the next sweep.
    pub async fn publish_due(&self, now: Timestamp) -> Result<Swept, Error> {
        let (mut swept, mut after) = (Swept::default(), None);
        loop {
            let due = Query::pk(keys::SCHEDULED).index("gsi1").sk_le(keys::scheduled_until(now));
            let page: Page<ProductRow> = self.table.query(due.limit(PAGE).after(after)).await?;
            let products = page.items.into_iter().filter_map(|row| Some(row.shown()?.product));
            let done = stream::iter(products).map(|product| self.publish(product, now));
            for done in done.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
                let count = match done {
                    Ok(true) => &mut swept.published,
                    Ok(false) => &mut swept.settled,
                    Err(()) => &mut swept.failed,
                };
                *count = count.saturating_add(1);
            }
            after = page.next;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    /// Whether it is on sale.
    async fn publish(&self, product: Product, now: Timestamp) -> Result<bool, ()> {
        let judged = |shown: &super::Shown| Ok(published(&shown.product, now));
        match self.edit(None, product.id, SCHEDULE, now, judged).await {
            Ok(shown) => Ok(shown.product.status == Status::Active),
            Err(Error::ProductNotFound) => Ok(false),
            Err(error) => {
                tracing::warn!(error = %error, product.id = %product.id, "a product could not be put on sale");
                Err(())
            }
        }
    }
}
