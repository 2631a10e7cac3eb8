//! The counts of a day, summed over lanes.

use rialto_dynamo::{Error, Query};
use rialto_kernel::ProductId;
use serde::Deserialize;

use super::{BehaviourStore, shard_key};
use crate::domain::{
    Day,
    behaviour::{ProductTotals, QueryTotals},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductRow {
    product_id: ProductId,
    #[serde(flatten)]
    totals: ProductTotals,
}

impl BehaviourStore {
    /// Goes through the queries of a shard of a day, each once.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn each_query(&self, day: Day, shard: u8, mut seen: impl FnMut(QueryTotals)) -> Result<(), Error> {
        let mut current: Option<QueryTotals> = None;
        let mut query = Query::pk(shard_key(day, shard)).sk_begins("QUERY#");
        loop {
            let page = self.page::<QueryTotals>(query.clone()).await?;
            // The lanes of a query stand next to each other.
            for lane in page.items {
                match &mut current {
                    Some(sum) if sum.query == lane.query => sum.add(&lane),
                    _ => current.replace(lane).into_iter().for_each(&mut seen),
                }
            }
            match page.next {
                Some(next) => query = query.after(next),
                None => break,
            }
        }
        current.into_iter().for_each(seen);
        Ok(())
    }

    /// Goes through the products of a shard of a day, each once.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn each_product(
        &self,
        day: Day,
        shard: u8,
        mut seen: impl FnMut(ProductId, ProductTotals),
    ) -> Result<(), Error> {
        let mut current: Option<ProductRow> = None;
        let mut query = Query::pk(shard_key(day, shard)).sk_begins("PRODUCT#");
        loop {
            let page = self.page::<ProductRow>(query.clone()).await?;
            for lane in page.items {
                match &mut current {
                    Some(sum) if sum.product_id == lane.product_id => sum.totals.add(&lane.totals),
                    _ => {
                        let whole = current.replace(lane);
                        whole.into_iter().for_each(|row| seen(row.product_id, row.totals));
                    }
                }
            }
            match page.next {
                Some(next) => query = query.after(next),
                None => break,
            }
        }
        current.into_iter().for_each(|row| seen(row.product_id, row.totals));
        Ok(())
    }
}
