//! Writing the rows of a chunk: products, listings and offers.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

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
        tree::Led,
    },
};

/// Rows of one product in one transaction: with an old product each and two items a row it stays within 100 writes.
const ROWS_AT_ONCE: usize = 30;
/// Rows of several products in one transaction. Few, as news of one offer make the whole transaction try again, and even
/// the largest products stay within 4 MB.
const ROWS_TOGETHER: usize = 8;

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

    /// What is wrong with the attributes of rows, by line: the categories that they name declare other types.
    pub(crate) async fn mistyped(&self, rows: &[(u64, &Row)]) -> Result<BTreeMap<u64, Vec<RowError>>, Error> {
        let leads = self.leads(rows.iter().map(|(_, row)| row.category_path.as_slice())).await?;
        let wrong = rows.iter().filter_map(|(line, row)| {
            let led = leads.get(&row.category_path)?;
            Some((*line, led.types.typed(row).err()?))
        });
        Ok(wrong.collect())
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
        let writer = &Writer { store: self, seller, import, now };
        let known = &writer.known(&rows).await?;
        let mut by_product: BTreeMap<ProductId, Vec<GoodRow<'_>>> = BTreeMap::new();
        for good in rows {
            by_product.entry(good.row.product_id(seller)).or_default().push(good);
        }
        let settled: Vec<Vec<Settled>> = stream::iter(together(by_product.into_values()))
            .map(|rows| async move { writer.in_turn(&rows, known).await })
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

/// What rows are judged by: listings by sku, the products that changed rows touch, and where the paths of these rows lead.
struct Known {
    listings: HashMap<String, Listing>,
    products: HashMap<ProductId, Product>,
    leads: HashMap<Vec<String>, Led>,
}

/// What one transaction is to do.
struct Plan<'a> {
    before: &'a HashMap<ProductId, Product>,
    leads: &'a HashMap<Vec<String>, Led>,
    after: BTreeMap<ProductId, Product>,
    rows: Vec<Write>,
    stamps: Vec<Update>,
    settled: Vec<Settled>,
}

impl Writer<'_> {
    async fn known(&self, rows: &[GoodRow<'_>]) -> Result<Known, Error> {
        let listings = self.store.listings(self.seller, rows.iter().map(|good| good.row.sku.as_str())).await?;
        let (mut touched, mut paths) = (BTreeSet::new(), BTreeSet::new());
        for good in rows.iter().filter(|good| good.refusal.is_none()) {
            let listing = listings.get(&good.row.sku);
            if judge(good.row, good.line, self.import, listing) == Verdict::Changed {
                touched.insert(good.row.product_id(self.seller));
                touched.extend(listing.map(|listing| listing.product_id));
                paths.insert(good.row.category_path.as_slice());
            }
        }
        let touched: Vec<_> = touched.into_iter().collect();
        let (products, leads) = futures::try_join!(self.store.products(&touched), self.store.leads(paths.into_iter()))?;
        Ok(Known { listings, products, leads })
    }

    async fn in_turn(&self, rows: &[GoodRow<'_>], known: &Known) -> Result<Vec<Settled>, Error> {
        let mut settled = Vec::new();
        for (index, rows) in rows.chunks(ROWS_AT_ONCE).enumerate() {
            // What was known of the product is true only until its first rows are written.
            settled.extend(self.write(rows, (index == 0).then_some(known)).await?);
        }
        Ok(settled)
    }

    async fn write(&self, rows: &[GoodRow<'_>], mut known: Option<&Known>) -> Result<Vec<Settled>, Error> {
        for _ in 0..ATTEMPTS {
            let read;
            let known = match known.take() {
                Some(known) => known,
                None => {
                    read = self.known(rows).await?;
                    &read
                }
            };
            let plan = self.plan(rows, known)?;
            let settled = plan.settled.clone();
            match self.carry_out(plan).await {
                Err(Error::Table(error)) if error.condition_failed() => {}
                other => return other.map(|()| settled),
            }
        }
        Err(Error::Contended)
    }

    fn plan<'k>(&self, rows: &[GoodRow<'_>], known: &'k Known) -> Result<Plan<'k>, Error> {
        let mut plan = Plan {
            before: &known.products,
            leads: &known.leads,
            after: BTreeMap::new(),
            rows: Vec::new(),
            stamps: Vec::new(),
            settled: Vec::new(),
        };
        for good in rows {
            let listing = known.listings.get(&good.row.sku);
            self.decide(&mut plan, good, listing, judge(good.row, good.line, self.import, listing))?;
        }
        Ok(plan)
    }

    fn decide(
        &self,
        plan: &mut Plan<'_>,
        good: &GoodRow<'_>,
        listing: Option<&Listing>,
        verdict: Verdict,
    ) -> Result<(), Error> {
        let refusals = match (verdict, &good.refusal) {
            (Verdict::Refused(error), _) => {
                plan.settled.push(Settled::rejected(good.line, vec![error]));
                return Ok(());
            }
            (Verdict::Done(outcome), _) => {
                plan.settled.push(Settled { line: good.line, outcome, errors: Vec::new() });
                return Ok(());
            }
            (Verdict::Unchanged | Verdict::Changed, Some(refusal)) => vec![refusal.clone()],
            (Verdict::Unchanged, None) => Vec::new(),
            (Verdict::Changed, None) => match self.place(plan, good, listing)? {
                refusals if refusals.is_empty() => {
                    plan.settled.push(Settled { line: good.line, outcome: Outcome::Accepted, errors: refusals });
                    return Ok(());
                }
                refusals => refusals,
            },
        };
        let outcome = if refusals.is_empty() { Outcome::Unchanged } else { Outcome::Rejected };
        if let Some(listing) = listing {
            plan.stamps.push(self.stamp(listing, good.line, outcome)?);
        }
        plan.settled.push(Settled { line: good.line, outcome, errors: refusals });
        Ok(())
    }

    /// Adds the writes of a changed row, or says why its product cannot take it.
    fn place(
        &self,
        plan: &mut Plan<'_>,
        good: &GoodRow<'_>,
        listing: Option<&Listing>,
    ) -> Result<Vec<RowError>, Error> {
        let led = plan.leads.get(&good.row.category_path);
        // Judged when it was read, before its stock was set. What is declared since refuses it no more.
        let typed = led.and_then(|led| led.types.typed(good.row).ok()).unwrap_or(Cow::Borrowed(good.row));
        let taken = Listing::taking(good.row, self.seller, self.stamp_of(good.line, Outcome::Accepted), listing);
        let mut product = plan.product(taken.product_id, self.seller);
        product.place(&typed, self.now);
        if let Some(led) = led.filter(|_| good.row.parent_sku.is_none()) {
            product = product.filed_under(led.path.clone());
        }
        if let Some(refusal) = product.refusal() {
            return Ok(vec![refusal]);
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
        Ok(Vec::new())
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

    async fn carry_out(&self, plan: Plan<'_>) -> Result<(), Error> {
        let Plan { before, after, rows, stamps, .. } = plan;
        if !after.is_empty() {
            let mut writes = rows;
            for (id, product) in &after {
                let unknown = Product::unknown(*id, self.seller);
                writes.push(products::change(before.get(id).unwrap_or(&unknown), product, self.now)?.into());
            }
            self.store.table.transact(writes).await?;
        }
        // Stamps hang together with nothing, and a transaction costs twice.
        for stamp in stamps {
            self.store.table.update(stamp).await?;
        }
        Ok(())
    }
}

/// Puts the rows of small products together. The rows of one product stay together and in their order.
fn together<'a>(products: impl Iterator<Item = Vec<GoodRow<'a>>>) -> Vec<Vec<GoodRow<'a>>> {
    let mut bundles: Vec<Vec<GoodRow<'a>>> = Vec::new();
    for rows in products {
        match bundles.last_mut().filter(|last| last.len().saturating_add(rows.len()) <= ROWS_TOGETHER) {
            Some(last) => last.extend(rows),
            None => bundles.push(rows),
        }
    }
    bundles
}

impl Plan<'_> {
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
