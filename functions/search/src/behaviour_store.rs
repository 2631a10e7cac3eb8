//! The table `<stage>-search-behaviour`: what people do with the search, and what was learnt of it.
//!
//! A table of its own, as the search's is read whole at each rebuilding, and as this one is in no backup: what is forgotten after
//! days must not be found there, and what is lost is learnt again.
//!
//! | Access | Operation | Key | Units |
//! |---|---|---|---|
//! | the salt of a day | GetItem, strong; PutItem, if there is none | `SALT#<day>` / `SALT` | 1 read a day and instance |
//! | what was counted before | BatchGetItem, strong | `ACTOR#<day>#<actor>` or `ORDER#<order>` / the mark | 1 read a mark |
//! | count | TransactWriteItems: each mark, if it is not there; the actor's number of events, if it is below the most; each counter | see below | 2 writes an item |
//! | counters of a query, a product, a pair | UpdateItem within that | `DAY#<day>#<shard>` / `QUERY#<hash>#<lane>`, `PRODUCT#<id>#<lane>`, `PAIR#<hash>#<id>` | |
//! | the last click on a product | UpdateItem, if it is later; GetItem, eventual | `ACTOR#<day>#<actor>` / `LAST#<product>` | 1 write; half a read a line of an order and day |
//! | a day's queries or products | Query of a shard, eventual | `DAY#<day>#<shard>` | 1 read per 8 KB, at night |
//! | a report | PutItem, if none is later; GetItem, eventual | `REPORT#<day>` / the kind | at most 250 writes; 32 reads |
//! | how far learning is | GetItem, strong; PutItem, if its version is as it was read | `LEARNING` / `PASS` | 1 write a shard |
//! | popular queries, of a shard and of all | PutItem; GetItem, eventual | `POPULAR` / `SHARD#<shard>`, `ALL` | at most 250 writes; 8 reads a minute and instance |
//!
//! A day has 16 shards, by the hash of query or product, and a counter up to 4 lanes, by the hash of who adds to it: so a busy day
//! spreads over partitions, and a busy query over items.

use rialto_dynamo::{Error, Key, Put, Query, Read, Table, Update, Write, cond};
use rialto_kernel::{OrderId, ProductId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::domain::{
    Day,
    behaviour::{ActorKey, Count, Counter, Effect, Listed, Mark, ReportKind, Salt, query_hash},
};

mod learning;
mod totals;

pub use learning::Pass;

/// Parts of a day.
pub const SHARDS: u8 = 16;
const LANES: u8 = 4;
/// Events that are counted of an actor and day.
const MOST_EVENTS: u64 = 300;
/// Each lost attempt means that another delivery got some of the same counted.
const MOST_ATTEMPTS: usize = 10;

/// How many days after its day something is kept.
mod kept {
    /// Long enough for orders of the day after.
    pub(super) const SALT: i64 = 2;
    /// Longer than news are taken ([`super::LATE_DAYS`]).
    pub(super) const MARK: i64 = 4;
    /// Longer than a message can come again: four days in the queue, fourteen among the dead letters.
    pub(super) const ORDER: i64 = 30;
    pub(super) const COUNT: i64 = 90;
}

/// News of a day are counted up to so many days after it.
pub const LATE_DAYS: i64 = 2;

/// Who adds to counts, and where their marks are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pk: String,
    most: Option<u64>,
    keep_until: i64,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It is counted.
    Now,
    /// It was before.
    Before,
    /// Its actor has done too much on that day.
    TooMuch,
}

/// The queries by which products were found, with when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastClick {
    /// The query, folded.
    pub query: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// When it was made.
    pub made_at: Timestamp,
    /// The queries, first ranks first.
    pub entries: Vec<Listed>,
}

/// What the search keeps of behaviour.
#[derive(Debug, Clone)]
pub struct BehaviourStore {
    table: Table,
}

#[derive(Deserialize)]
struct MarkRow {
    sk: String,
}

#[derive(Serialize, Deserialize)]
struct SaltRow {
    salt: Salt,
}

impl Source {
    /// Someone, on a day.
    #[must_use]
    pub fn actor(day: Day, actor: &ActorKey) -> Self {
        let pk = format!("ACTOR#{day}#{}", actor.as_str());
        Self { pk, most: Some(MOST_EVENTS), keep_until: day.over_for(kept::MARK) }
    }

    /// An order of a day.
    #[must_use]
    pub fn order(day: Day, order: OrderId) -> Self {
        Self { pk: format!("ORDER#{order}"), most: None, keep_until: day.over_for(kept::ORDER) }
    }

    fn mark(&self, mark: &Mark) -> Key {
        let sk = match mark {
            Mark::Asked(search, query) => format!("ASKED#{search}#{}", query_hash(query)),
            Mark::AskedFor(query) => format!("ASKED_FOR#{}", query_hash(query)),
            Mark::FoundNothing(query) => format!("FOUND_NOTHING#{}", query_hash(query)),
            Mark::Clicked(query, product) => format!("CLICKED#{}#{product}", query_hash(query)),
            Mark::ClickedAny(query) => format!("CLICKED_ANY#{}", query_hash(query)),
            Mark::Chosen(product) => format!("CHOSEN#{product}"),
            Mark::Viewed(product) => format!("VIEWED#{product}"),
            // The order is the partition.
            Mark::Sold(_, product) => format!("SOLD#{product}"),
        };
        Key::new(self.pk.clone(), sk)
    }

    fn budget(&self) -> Key {
        Key::new(self.pk.clone(), "EVENTS")
    }

    fn lane(&self) -> u8 {
        part_of(&self.pk, LANES)
    }
}

fn part_of(text: &str, parts: u8) -> u8 {
    let byte = u8::from_str_radix(query_hash(text).get(..2).unwrap_or_default(), 16).unwrap_or_default();
    byte.checked_rem(parts).unwrap_or_default()
}

fn shard_key(day: Day, shard: u8) -> String {
    format!("DAY#{day}#{shard:02}")
}

fn counter_key(day: Day, counter: &Counter, lane: u8) -> Key {
    let (name, sk) = match counter {
        Counter::Query(query) => (query.clone(), format!("QUERY#{}#{lane}", query_hash(query))),
        Counter::Product(product) => (product.to_string(), format!("PRODUCT#{product}#{lane}")),
        Counter::Pair(query, product) => (query.clone(), format!("PAIR#{}#{product}", query_hash(query))),
    };
    Key::new(shard_key(day, part_of(&name, SHARDS)), sk)
}

fn salt_key(day: Day) -> Key {
    Key::new(format!("SALT#{day}"), "SALT")
}

fn last_click_key(day: Day, actor: &ActorKey, product: ProductId) -> Key {
    Key::new(format!("ACTOR#{day}#{}", actor.as_str()), format!("LAST#{product}"))
}

fn report_key(day: Day, kind: ReportKind) -> Key {
    Key::new(format!("REPORT#{day}"), kind.name())
}

impl BehaviourStore {
    /// Over the service's table.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The same store, whose writes through this handle go wrong.
    #[cfg(test)]
    pub(crate) fn with_faults(self, faults: rialto_dynamo::Faults) -> Self {
        Self { table: self.table.with_faults(faults) }
    }

    /// The salt of a day; `None` when it has none yet, or has forgotten it.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn salt(&self, day: Day) -> Result<Option<Salt>, Error> {
        let row: Option<SaltRow> = self.table.get(&salt_key(day), Read::Strong).await?;
        Ok(row.map(|row| row.salt))
    }

    /// The salt of a day, which is this one if it has none yet.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn salt_or(&self, day: Day, new: Salt) -> Result<Salt, Error> {
        if let Some(salt) = self.salt(day).await? {
            return Ok(salt);
        }
        let put = Put::new(&salt_key(day), &SaltRow { salt: new.clone() })?.with("ttl", day.over_for(kept::SALT));
        match self.table.put(put.when(cond::absent("pk"))).await {
            Ok(()) => Ok(new),
            // Another's, or our own whose answer was lost.
            Err(error) => match error.failed_item::<SaltRow>(0)? {
                Some(row) => Ok(row.salt),
                None => Err(error),
            },
        }
    }

    /// Adds what an event counts for, but what was counted before of the same source.
    ///
    /// # Errors
    /// When the table fails; then it may be counted, and can be done again.
    pub async fn count(&self, source: &Source, effects: &[Effect]) -> Result<Counted, Error> {
        let keys: Vec<Key> = effects.iter().map(|effect| source.mark(&effect.once)).collect();
        for _ in 0..MOST_ATTEMPTS {
            let there: Vec<MarkRow> = self.table.batch_get(&keys, Read::Strong).await?;
            let is_new = |effect: &&Effect| {
                let sk = source.mark(&effect.once).sk;
                there.iter().all(|mark| mark.sk != sk)
            };
            let new: Vec<&Effect> = effects.iter().filter(is_new).collect();
            if new.is_empty() {
                return Ok(Counted::Before);
            }
            let writes = writes(source, &new);
            let budget = source.most.and_then(|_| writes.len().checked_sub(1));
            match self.table.transact(writes).await {
                Ok(()) => return Ok(Counted::Now),
                Err(error) if !error.condition_failed() => return Err(error),
                Err(error) if budget.is_some_and(|last| error.failed_conditions() == [last]) => {
                    return Ok(Counted::TooMuch);
                }
                // Another delivery has counted some of it.
                Err(_) => {}
            }
        }
        Err(Error::Contention)
    }

    /// Remembers by which query a product was found, unless a later one is.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn remember(
        &self,
        day: Day,
        actor: &ActorKey,
        product: ProductId,
        click: &LastClick,
    ) -> Result<(), Error> {
        let update = Update::of(last_click_key(day, actor, product))
            .set("query", &click.query)
            .set("at", click.at)
            .set("ttl", day.over_for(kept::SALT))
            .when(cond::any([cond::absent("pk"), cond::lt("at", click.at)]));
        match self.table.update(update).await {
            Err(error) if error.condition_failed() => Ok(()),
            outcome => outcome,
        }
    }

    /// By which query someone found a product last on that day.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn last_click(&self, day: Day, actor: &ActorKey, product: ProductId) -> Result<Option<LastClick>, Error> {
        self.table.get(&last_click_key(day, actor, product), Read::Eventual).await
    }

    /// Keeps a report, unless a later one is kept.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn keep_report(&self, day: Day, kind: ReportKind, report: &Report) -> Result<(), Error> {
        let made = report.made_at.as_millisecond();
        let put = Put::new(&report_key(day, kind), report)?
            .with("ttl", day.over_for(kept::COUNT))
            .with("madeMillis", made)
            .when(cond::any([cond::absent("pk"), cond::le("madeMillis", made)]));
        match self.table.put(put).await {
            Err(error) if error.condition_failed() => Ok(()),
            outcome => outcome,
        }
    }

    /// A report; `None` when none was made of the day, or it is long past.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn report(&self, day: Day, kind: ReportKind) -> Result<Option<Report>, Error> {
        self.table.get(&report_key(day, kind), Read::Eventual).await
    }

    async fn page<T: DeserializeOwned>(&self, query: Query) -> Result<rialto_dynamo::Page<T>, Error> {
        self.table.query(query).await
    }
}

/// The marks, each if it is not there; the counters; and last the source's number of events, where it has a most.
fn writes(source: &Source, effects: &[&Effect]) -> Vec<Write> {
    let marks = effects.iter().map(|effect| {
        let put = Put::of(source.mark(&effect.once)).with("ttl", source.keep_until);
        Write::from(put.when(cond::absent("pk")))
    });
    let mut sums: Vec<Count> = Vec::new();
    for count in effects.iter().flat_map(|effect| &effect.counts) {
        let same = |sum: &&mut Count| (sum.day, &sum.of, sum.field) == (count.day, &count.of, count.field);
        match sums.iter_mut().find(same) {
            Some(sum) => sum.by = sum.by.saturating_add(count.by),
            None => sums.push(count.clone()),
        }
    }
    sums.sort_by(|a, b| (a.day, &a.of).cmp(&(b.day, &b.of)));
    let lane = source.lane();
    let counters = sums.chunk_by(|a, b| (a.day, &a.of) == (b.day, &b.of)).filter_map(|counts| {
        let Count { day, of, .. } = counts.first()?;
        let named = Update::of(counter_key(*day, of, lane)).set("ttl", day.over_for(kept::COUNT));
        let named = match of {
            Counter::Query(query) => named.set("query", query),
            Counter::Product(product) => named.set("productId", product.to_string()),
            Counter::Pair(query, product) => named.set("query", query).set("productId", product.to_string()),
        };
        let added = counts.iter().fold(named, |update, count| update.add(count.field, i128::from(count.by)));
        Some(Write::from(added))
    });
    let budget = source.most.map(|most| {
        let update = Update::of(source.budget()).add("events", 1).set("ttl", source.keep_until);
        Write::from(update.when(cond::any([cond::absent("events"), cond::lt("events", most)])))
    });
    marks.chain(counters).chain(budget).collect()
}

#[cfg(test)]
#[path = "behaviour_store/tests.rs"]
mod tests;
