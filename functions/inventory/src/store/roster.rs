//! The offers that have stock, for those who go through all of them.

use rialto_dynamo::{Page, Position, Put, Query, Write};
use rialto_kernel::OfferId;
use serde::{Deserialize, Serialize};

use super::{Inventory, keys};
use crate::error::Error;

/// An entry of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Enrolled {
    pub(super) offer_id: OfferId,
}

/// Goes with the first row of an offer in a warehouse. Written again, it is the same.
pub(super) fn enrol(offer: OfferId) -> Write {
    Put::of(keys::enrolled(offer)).with("offerId", offer.to_string()).into()
}

impl Inventory {
    pub(super) async fn roster(
        &self,
        shard: u32,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Enrolled>, Error> {
        Ok(self.table.query(Query::pk(keys::roster(shard)).limit(limit).after(after)).await?)
    }
}
