//! Writing the rows of a chunk: products, listings and offers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::{Put, Read, Update, Write, cond, to_value};
use rialto_kernel::{ImportId, ProductId, SellerId, Timestamp};

use super::{AT_ONCE, ATTEMPTS, Store, keys, offers, products};
use crate::{
    Error,
    domain::{
        listing::{Listing, Outcome, Stamp, Verdict, judge},
        product::Product,
        row::{Row, RowCode, RowError},
    },
};

/// Rows of one transaction: with an old product each and three items a row it stays within 100 writes.
const ROWS_AT_ONCE: usize = 30;

/// A row that was dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its line.
    pub line: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// What is wrong with it; empty unless it was rejected.
    pub errors: Vec<RowError>,
}

impl Settled {
    /// A row that goes into the report.
    #[must_use]
    pub fn rejected(line: u64, errors: Vec<RowError>) -> Self {
        Self { line, outcome: Outcome::Rejected, errors }
    }
}

/// A good row on its line, and the error that inventory found.
#[derive(Debug, Clone)]
pub(crate) struct GoodRow<'a> {
    pub(crate) line: u64,
    pub(crate) row: &'a Row,
    pub(crate) refusal: Option<RowError>,
}

impl Store {
    /// The listings of a seller's skus, by sku. Strong.
    pub(crate) async fn listings<'a>(
        &self,
        seller: SellerId,
        skus: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<String, Listing>, Error> {
        let keys: Vec<_> = skus.map(|sku| keys::listing(seller, sku)).collect();
        let listings: Vec<Listing> = self.table.batch_get(&keys, Read::Strong).await?;
        Ok(listings.into_iter().map(|listing| (listing.sku.clone(), listing)).collect())
    }

    /// Writes rows with different skus, each product's rows one after the other. What an earlier run wrote is found again
    /// and not written twice.
    pub(crate) async fn settle(
        &self,
        seller: SellerId,
        import: ImportId,
        rows: Vec<GoodRow<'_>>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, Error> {
        let known = &self.listings(seller, rows.iter().map(|good| good.row.sku.as_str())).await?;
        let mut by_product: BTreeMap<ProductId, Vec<GoodRow<'_>>> = BTreeMap::new();
        for good in rows {
            by_product.entry(good.row.product_id(seller)).or_default().push(good);
        }
        let writer = &Writer { store: self, seller, import, now };
        let settled: Vec<Vec<Settled>> = stream::iter(by_product.into_values())
            .map(|rows| async move { writer.product(&rows, known).await })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let mut settled = settled.concat();
        settled.sort_by_key(|row| row.line);
        Ok(settled)
    }
}

struct Writer<'a> {
    store: &'a Store,
    seller: SellerId,
    import: ImportId,
    now: Timestamp,
}

/// What one transaction is to do.
#[derive(Default)]
struct Plan {
    before: HashMap<ProductId, Product>,
    after: BTreeMap<ProductId, Product>,
    rows: Vec<Write>,
    stamps: Vec<Update>,
    settled: Vec<Settled>,
}

impl Writer<'_> {
    async fn product(&self, rows: &[GoodRow<'_>], known: &HashMap<String, Listing>) -> Result<Vec<Settled>, Error> {
        let mut settled = Vec::new();
        for rows in rows.chunks(ROWS_AT_ONCE) {
            settled.extend(self.write(rows, known).await?);
        }
        Ok(settled)
    }

    async fn write(&self, rows: &[GoodRow<'_>], known: &HashMap<String, Listing>) -> Result<Vec<Settled>, Error> {
        let mut plan = self.plan(rows, known).await?;
        for _ in 1..ATTEMPTS {
            let settled = std::mem::take(&mut plan.settled);
            match self.carry_out(plan).await {
                Err(Error::Table(error)) if error.condition_failed() => {}
                other => return other.map(|()| settled),
            }
            let fresh = self.store.listings(self.seller, rows.iter().map(|good| good.row.sku.as_str())).await?;
            plan = self.plan(rows, &fresh).await?;
        }
        Err(Error::Contended)
    }

    async fn plan(&self, rows: &[GoodRow<'_>], listings: &HashMap<String, Listing>) -> Result<Plan, Error> {
        let judged: Vec<_> = rows
            .iter()
            .map(|good| {
                let listing = listings.get(&good.row.sku);
                (good, listing, judge(good.row, good.line, self.import, listing))
            })
            .collect();
        let changed = judged.iter().filter(|(good, _, verdict)| good.refusal.is_none() && *verdict == Verdict::Changed);
        let touched: BTreeSet<ProductId> = changed
            .flat_map(|(good, listing, _)| {
                [Some(good.row.product_id(self.seller)), listing.map(|listing| listing.product_id)]
            })
            .flatten()
            .collect();
        let touched: Vec<_> = touched.into_iter().collect();
        let mut plan = Plan::default();
        if !touched.is_empty() {
            plan.before = self.store.products(&touched).await?;
        }
        for (good, listing, verdict) in judged {
            self.decide(&mut plan, good, listing, verdict)?;
        }
        Ok(plan)
    }

    fn decide(
        &self,
        plan: &mut Plan,
        good: &GoodRow<'_>,
        listing: Option<&Listing>,
        verdict: Verdict,
    ) -> Result<(), Error> {
        let refusal = match (verdict, &good.refusal) {
            (Verdict::Refused(error), _) => {
                plan.settled.push(Settled::rejected(good.line, vec![error]));
                return Ok(());
            }
            (Verdict::Done(outcome), _) => {
                plan.settled.push(Settled { line: good.line, outcome, errors: Vec::new() });
                return Ok(());
            }
            (Verdict::Unchanged | Verdict::Changed, Some(refusal)) => Some(refusal.clone()),
            (Verdict::Unchanged, None) => None,
            (Verdict::Changed, None) => match self.place(plan, good, listing)? {
                None => {
                    plan.settled.push(Settled { line: good.line, outcome: Outcome::Accepted, errors: Vec::new() });
                    return Ok(());
                }
                refusal => refusal,
            },
        };
        let outcome = if refusal.is_some() { Outcome::Rejected } else { Outcome::Unchanged };
        if let Some(listing) = listing {
            plan.stamps.push(self.stamp(listing, good.line, outcome)?);
        }
        plan.settled.push(Settled { line: good.line, outcome, errors: refusal.into_iter().collect() });
        Ok(())
    }

    /// Adds the writes of a changed row, or says why its product cannot take it.
    fn place(&self, plan: &mut Plan, good: &GoodRow<'_>, listing: Option<&Listing>) -> Result<Option<RowError>, Error> {
        let taken = Listing::taking(good.row, self.seller, self.stamp_of(good.line, Outcome::Accepted), listing);
        let mut product = plan.product(taken.product_id, self.seller);
        product.place(good.row, self.now);
        if let Some(refusal) = product.refusal() {
            return Ok(Some(refusal));
        }
        plan.after.insert(product.id, product);
        if let Some(left) = listing.filter(|listing| listing.product_id != taken.product_id) {
            let mut old = plan.product(left.product_id, self.seller);
            old.withdraw(left.variant_id);
            plan.after.insert(old.id, old);
        }
        if listing.is_none_or(|listing| listing.product_id != taken.product_id) {
            plan.rows.push(offers::found_at(&taken)?.into());
        }
        let unchanged = match listing {
            None => cond::absent("pk"),
            Some(listing) => cond::eq("version", listing.version),
        };
        plan.rows.push(Put::new(&keys::listing(self.seller, &taken.sku), &taken)?.when(unchanged).into());
        Ok(None)
    }

    fn stamp_of(&self, line: u64, outcome: Outcome) -> Stamp {
        Stamp { import_id: self.import, line, outcome }
    }

    fn stamp(&self, listing: &Listing, line: u64, outcome: Outcome) -> Result<Update, Error> {
        Ok(Update::of(keys::listing(self.seller, &listing.sku))
            .set("stamp", to_value(&self.stamp_of(line, outcome))?)
            .add("version", 1)
            .when(cond::eq("version", listing.version)))
    }

    async fn carry_out(&self, plan: Plan) -> Result<(), Error> {
        let Plan { before, after, rows, stamps, .. } = plan;
        if after.is_empty() {
            // Nothing hangs together here, and a transaction costs twice.
            for stamp in stamps {
                self.store.table.update(stamp).await?;
            }
            return Ok(());
        }
        let mut writes = rows;
        writes.extend(stamps.into_iter().map(Write::from));
        for (id, product) in &after {
            let unknown = Product::unknown(*id, self.seller);
            writes.push(products::change(before.get(id).unwrap_or(&unknown), product, self.now)?.into());
        }
        Ok(self.store.table.transact(writes).await?)
    }
}

impl Plan {
    /// A product as it will be after the rows so far.
    fn product(&self, id: ProductId, seller: SellerId) -> Product {
        let known = self.after.get(&id).or_else(|| self.before.get(&id));
        known.cloned().unwrap_or_else(|| Product::unknown(id, seller))
    }
}

/// The error of a row whose quantity is below what is set aside for orders.
#[must_use]
pub(crate) fn below_reserved(quantity: u32, reserved: u32) -> RowError {
    let message = format!(
        "{quantity} is below the {reserved} units that orders have reserved: write at least {reserved}, or try again later"
    );
    RowError::new("quantity", RowCode::BelowReserved, message)
}
