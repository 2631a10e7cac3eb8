//! Comparing the stock of every offer with its ledger, page by page. What differs is written down and told; nothing is
//! mended here.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::{Position, Put, Query, Read, cond};
use rialto_events::{Envelope, OUTBOX, outbox, types::StockDiscrepancyFound};
use rialto_kernel::{OfferId, SignedDuration, Timestamp, WarehouseId};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Inventory, StockRow, before, keys};
use crate::{
    domain::{Ledger, Level, Verdict, compare, sum_up},
    error::Error,
};

/// How many offers are compared at the same time.
const AT_ONCE: usize = 8;
/// How many are read from the roster at a time.
const PAGE: usize = 100;

/// How far the reconciliation has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// When this pass began; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// Whether it has gone through all offers.
    pub finished: bool,
    /// Offers that were compared.
    pub offers: u64,
    /// Offers among them whose stock never stood still for long enough; the next pass looks again.
    pub busy: u64,
    /// New findings.
    pub found: u64,
    shard: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Position>,
    revision: u64,
}

/// What is known of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// Seen once, and may yet be the index's lag.
    Suspected,
    /// Certain, and told.
    Open,
    /// The books agree again.
    Settled,
}

/// A difference between the stock of an offer in a warehouse and its ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The offer.
    pub offer_id: OfferId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// What is known.
    pub state: FindingState,
    /// What the stock row says.
    pub stock: Ledger,
    /// What the ledger says.
    pub ledger: Ledger,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When it was last written.
    pub seen_at: Timestamp,
    /// Raised by each write.
    pub revision: u64,
}

/// The books of an offer, read while its stock stood still.
struct Books {
    rows: BTreeMap<WarehouseId, StockRow>,
    ledger: BTreeMap<WarehouseId, Ledger>,
}

impl Inventory {
    /// Compares the next page of offers and answers how far the pass has come, and the new findings among them. Begins a new pass when the last one has
    /// finished and began `every` ago; until then it answers with the last. Two that run at once do the same work.
    ///
    /// # Errors
    /// [`Error::Contended`] when another one came ahead; those of the table. What was done is done again then.
    pub async fn reconcile_page(&self, every: SignedDuration, now: Timestamp) -> Result<(Pass, u64), Error> {
        let standing: Pass = self.table.get(&keys::reconciliation(), Read::Strong).await?.unwrap_or_default();
        let begun = standing.started_at;
        let pass = match begun {
            Some(begun) if standing.finished && now.duration_since(begun) < every => {
                return Ok((standing, 0));
            }
            Some(_) if !standing.finished => standing.clone(),
            _ => Pass { started_at: Some(now), revision: standing.revision, ..Pass::default() },
        };
        let page = self.roster(pass.shard, PAGE, pass.after.clone()).await?;
        let compared = stream::iter(&page.items).map(|enrolled| self.reconcile_offer(enrolled.offer_id, now));
        let compared: Vec<Option<u64>> = compared.buffer_unordered(AT_ONCE).try_collect().await?;
        let found = compared.iter().flatten().sum();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let shard = if page.next.is_some() { pass.shard } else { pass.shard.saturating_add(1) };
        let next = Pass {
            finished: shard >= keys::ROSTER_SHARDS,
            offers: pass.offers.saturating_add(count(compared.len())),
            busy: pass.busy.saturating_add(count(compared.iter().filter(|found| found.is_none()).count())),
            found: pass.found.saturating_add(found),
            shard,
            after: page.next,
            revision: standing.revision.saturating_add(1),
            ..pass
        };
        let put = Put::new(&keys::reconciliation(), &next)?;
        let put = match begun {
            None => put.when(cond::absent("pk")),
            Some(_) => put.when(cond::eq("revision", standing.revision)),
        };
        match self.table.put(put).await {
            Ok(()) => Ok((next, found)),
            Err(error) if error.condition_failed() => Err(Error::Contended),
            Err(error) => Err(error.into()),
        }
    }

    /// The findings of an offer, also those that are settled.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn findings_of(&self, offer: OfferId) -> Result<Vec<Finding>, Error> {
        Ok(self.table.query_all(Query::pk(keys::findings(offer)).strong()).await?)
    }

    /// How many findings are new; `None` when the offer's stock never stood still.
    pub(super) async fn reconcile_offer(&self, offer: OfferId, now: Timestamp) -> Result<Option<u64>, Error> {
        let Some(books) = self.books_at_rest(offer).await? else { return Ok(None) };
        let earlier = self.findings_of(offer).await?;
        let earlier: BTreeMap<_, _> = earlier.into_iter().map(|finding| (finding.warehouse_id, finding)).collect();
        let mut found = 0_u64;
        for warehouse in books.warehouses() {
            let Some(next) = books.judge(offer, warehouse, earlier.get(&warehouse), now) else { continue };
            self.keep_finding(&next, earlier.get(&warehouse)).await?;
            found = found.saturating_add(u64::from(next.state == FindingState::Open));
        }
        Ok(Some(found))
    }

    /// Reads the ledger between two readings of the stock that are alike: the index is then asked for nothing but
    /// movements that were written before, so it can lag, but show no movement too many. Where movements are missing, it
    /// is asked again.
    async fn books_at_rest(&self, offer: OfferId) -> Result<Option<Books>, Error> {
        let mut at_rest = None;
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let rows = self.stock_of(offer).await?;
            let ledger = sum_up(&self.ledger_of(offer).await?);
            if self.stock_of(offer).await? != rows {
                continue;
            }
            let rows = rows.into_iter().map(|row| (row.warehouse_id, row)).collect();
            let books = Books { rows, ledger };
            let complete = books.warehouses().iter().all(|warehouse| books.verdict(*warehouse) != Verdict::Missing);
            at_rest = Some(books);
            if complete {
                break;
            }
        }
        Ok(at_rest)
    }

    /// Replaces the finding that was read; another one that came ahead has told the same.
    async fn keep_finding(&self, next: &Finding, earlier: Option<&Finding>) -> Result<(), Error> {
        let put = Put::new(&keys::finding(next.offer_id, next.warehouse_id), next)?.when(match earlier {
            None => cond::absent("pk"),
            Some(earlier) => cond::eq("revision", earlier.revision),
        });
        let put = match next.state {
            FindingState::Open => put.with(OUTBOX, outbox(&[next.event()?])?),
            FindingState::Suspected | FindingState::Settled => put,
        };
        match self.table.put(put).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl Books {
    fn warehouses(&self) -> BTreeSet<WarehouseId> {
        self.rows.keys().chain(self.ledger.keys()).copied().collect()
    }

    fn verdict(&self, warehouse: WarehouseId) -> Verdict {
        let row = self.rows.get(&warehouse);
        let (level, version) = row.map_or((Level::default(), 0), |row| (row.level(), row.version));
        compare(level, version, self.ledger.get(&warehouse).copied().unwrap_or_default())
    }

    /// What to write down of a warehouse; `None` where nothing is new.
    fn judge(&self, offer_id: OfferId, at: WarehouseId, earlier: Option<&Finding>, now: Timestamp) -> Option<Finding> {
        let revision = earlier.map_or(0, |finding| finding.revision).saturating_add(1);
        let earlier = earlier.filter(|finding| finding.state != FindingState::Settled);
        let state = match (self.verdict(at), earlier) {
            (Verdict::Sound, None) => return None,
            (Verdict::Sound, Some(_)) => FindingState::Settled,
            (Verdict::Missing, None) => FindingState::Suspected,
            // Seen again in another pass: no index lags so long.
            (Verdict::Missing, Some(finding)) if finding.seen_at < now => FindingState::Open,
            (Verdict::Missing, Some(_)) => return None,
            (Verdict::Different, _) => FindingState::Open,
        };
        let stock = self.rows.get(&at).map_or_else(Ledger::default, |row| Ledger {
            on_hand: row.on_hand.into(),
            reserved: row.reserved.into(),
            movements: row.version,
        });
        let ledger = self.ledger.get(&at).copied().unwrap_or_default();
        let known = earlier.filter(|finding| finding.state == state && finding.differs_as(stock, ledger));
        let first_seen_at = earlier.map_or(now, |finding| finding.first_seen_at);
        let next = Finding { offer_id, warehouse_id: at, state, stock, ledger, first_seen_at, seen_at: now, revision };
        known.is_none().then_some(next)
    }
}

impl Finding {
    /// Whether the difference is the same, however much has moved since.
    fn differs_as(&self, stock: Ledger, ledger: Ledger) -> bool {
        let difference = |stock: Ledger, ledger: Ledger| {
            (
                stock.on_hand.saturating_sub(ledger.on_hand),
                stock.reserved.saturating_sub(ledger.reserved),
                i128::from(stock.movements) - i128::from(ledger.movements),
            )
        };
        difference(self.stock, self.ledger) == difference(stock, ledger)
    }

    fn event(&self) -> Result<Envelope, Error> {
        let event = StockDiscrepancyFound {
            offer_id: self.offer_id,
            warehouse_id: self.warehouse_id,
            on_hand: self.stock.on_hand,
            reserved: self.stock.reserved,
            movements: self.stock.movements,
            ledger_on_hand: self.ledger.on_hand,
            ledger_reserved: self.ledger.reserved,
            ledger_movements: self.ledger.movements,
        };
        let subject = format!("{}/{}", self.offer_id, self.warehouse_id);
        Ok(Envelope::of(&event, subject, self.revision, self.seen_at)?)
    }
}
