//! Learns from what visitors do: what products earn in the ranking, and which queries to suggest.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::Error as TableError;
use rialto_kernel::{ProductId, Timestamp};
use rialto_lambda::{Context, InitError};
use serde::Deserialize;
use thiserror::Error;

use super::reports::least_actors;
use crate::{
    BEHAVIOUR_TABLE, SEARCH_TABLE,
    behaviour_store::{BehaviourStore, Pass, SHARDS},
    domain::{
        Day,
        behaviour::{Learnt, Popularity, ProductTotals, Signals, best, learnt},
    },
    queue::{Queue, QueueError},
    store::SearchStore,
};

/// Days that count, besides the present one.
const DAYS: i64 = 28;
/// Days before those, whose products are looked at because they may have lost what they had earned; what fades while nothing is
/// learnt for longer keeps it until somebody does something again.
const FADING_DAYS: i64 = 7;
/// Less than the function's time-out, by more than a shard takes.
const WITHIN: Duration = Duration::from_secs(240);
const ROWS: usize = 100;
const SENT_AT_ONCE: usize = 8;
/// Popular queries that are kept of a shard, and of all: three times what a shard has of all on average.
const OF_A_SHARD: usize = 200;
const OF_ALL: usize = 1_000;
const MOST_ATTEMPTS: usize = 5;

/// What learning needs.
#[derive(Debug, Clone)]
pub struct Learner {
    behaviour: BehaviourStore,
    search: SearchStore,
    queue: Queue,
    least_actors: u64,
    clock: fn() -> Timestamp,
}

/// What the calendar or an operator asks for.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct LearnTick {
    /// Whether to begin anew though this day's pass is done or under way.
    #[serde(default)]
    pub again: bool,
}

/// Why there is no progress; asked again, it goes on.
#[derive(Debug, Error)]
pub enum LearnError {
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The queue of the index.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// Others begin anew again and again.
    #[error("the pass is being changed by others")]
    Contention,
}

impl Learner {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let behaviour = BehaviourStore::new(context.table(BEHAVIOUR_TABLE)?);
        let search = SearchStore::new(context.table(SEARCH_TABLE)?);
        let queue = Queue::of(context, "INDEX_QUEUE_URL")?;
        Ok(Self::over(behaviour, search, queue, least_actors()?, rialto_lambda::now))
    }

    /// Over these backing services.
    #[must_use]
    pub fn over(
        behaviour: BehaviourStore,
        search: SearchStore,
        queue: Queue,
        least_actors: u64,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self { behaviour, search, queue, least_actors, clock }
    }

    /// The pass to go on with; `None` when this day's is done.
    async fn begun(&self, again: bool) -> Result<Option<Pass>, LearnError> {
        for _ in 0..MOST_ATTEMPTS {
            let today = Day::of((self.clock)());
            let last = self.behaviour.pass().await?;
            let version = last.as_ref().map_or(0, |pass| pass.version);
            match last {
                Some(pass) if !again && pass.day == today => return Ok(Some(pass).filter(|pass| !pass.done)),
                _ => {
                    let version = version.saturating_add(1);
                    let pass = Pass { version, day: today, shard: 0, done: false, changed: 0 };
                    if self.behaviour.replace_pass(&pass).await? {
                        return Ok(Some(pass));
                    }
                }
            }
        }
        Err(LearnError::Contention)
    }

    /// The next shard of the pass, or its end.
    async fn step(&self, pass: &Pass) -> Result<Pass, LearnError> {
        let version = pass.version.saturating_add(1);
        if pass.shard < SHARDS {
            let changed = self.products(pass.day, pass.shard).await?;
            self.queries(pass.day, pass.shard).await?;
            let (shard, changed) = (pass.shard.saturating_add(1), pass.changed.saturating_add(changed));
            return Ok(Pass { version, shard, changed, ..pass.clone() });
        }
        self.behaviour.keep_popular(best(self.behaviour.popular_of_shards().await?, OF_ALL)).await?;
        Ok(Pass { version, done: true, ..pass.clone() })
    }

    /// Sends what was learnt of the shard's products to the index, where it is something else than what is known there.
    /// Answers how many. What nobody has listed is left out: whoever likes can name a product.
    async fn products(&self, day: Day, shard: u8) -> Result<u64, LearnError> {
        let mut counted: BTreeMap<ProductId, Vec<ProductTotals>> = BTreeMap::new();
        for days in 0..=DAYS.saturating_add(FADING_DAYS) {
            let of_product = |product, totals| {
                let of_product = counted.entry(product).or_default();
                if days <= DAYS {
                    of_product.push(totals);
                }
            };
            self.behaviour.each_product(day.before(days), shard, of_product).await?;
        }
        let products: Vec<(ProductId, Signals)> =
            counted.into_iter().map(|(product, days)| (product, learnt(&days, self.least_actors))).collect();
        let learnt_at = (self.clock)();
        let mut changed = 0_u64;
        for chunk in products.chunks(ROWS) {
            let ids: Vec<ProductId> = chunk.iter().map(|(product, _)| *product).collect();
            let rows = self.search.rows(&ids).await?;
            let news = chunk.iter().filter(|(product, signals)| {
                rows.get(product).is_some_and(|row| row.product.is_some() && row.signals() != *signals)
            });
            let sent = stream::iter(news).map(|(product_id, signals)| {
                let news = Learnt { product_id: *product_id, learnt_at, signals: *signals };
                async move { self.queue.send(&news).await }
            });
            let sent: Vec<()> = sent.buffer_unordered(SENT_AT_ONCE).try_collect().await?;
            changed = changed.saturating_add(u64::try_from(sent.len()).unwrap_or(u64::MAX));
        }
        Ok(changed)
    }

    async fn queries(&self, day: Day, shard: u8) -> Result<(), LearnError> {
        let mut popularity = Popularity::new(self.least_actors);
        for days in 0..=DAYS {
            self.behaviour.each_query(day.before(days), shard, |totals| popularity.note(totals)).await?;
        }
        Ok(self.behaviour.keep_popular_of(shard, popularity.finished(OF_A_SHARD)).await?)
    }
}

/// Goes on with this day's pass over all shards, for four minutes; invoked each hour. Answers how far it is; `None` when it is
/// done. Whoever dies is followed by another, and two at once do the same twice: what is sent is what was learnt, not a change.
///
/// # Errors
/// When a table or the queue fails; asked again, it goes on.
pub async fn learn_signals(learner: &Learner, tick: LearnTick) -> Result<Option<Pass>, LearnError> {
    let begun = Instant::now();
    let Some(mut pass) = learner.begun(tick.again).await? else { return Ok(None) };
    while !pass.done && begun.elapsed() < WITHIN {
        let next = learner.step(&pass).await?;
        if learner.behaviour.replace_pass(&next).await? {
            pass = next;
        } else {
            // Another is as far, or has begun anew: go on from there.
            pass = learner.behaviour.pass().await?.ok_or(LearnError::Contention)?;
        }
    }
    tracing::info!(pass.shard = pass.shard, pass.done = pass.done, pass.changed = pass.changed, "signals learnt");
    Ok(Some(pass))
}

#[cfg(test)]
#[path = "learn_signals_tests.rs"]
mod tests;
