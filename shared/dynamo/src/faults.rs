//! Faults injected before writes, for tests.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Notify;

use crate::backend::{Backend, Failure, RawPage};
use crate::key::Key;
use crate::query::Query;
use crate::table::Read;
use crate::value::Item;
use crate::write::Write;

/// What goes wrong with one attempt at a write or transaction.
#[derive(Debug, Clone)]
pub enum Fault {
    /// A transaction conflict: nothing is written, and the table tries again.
    Conflict,
    /// Throttling: nothing is written, and the table tries again.
    Throttled,
    /// The write is applied but its answer is lost: [`crate::Error::Unavailable`].
    AnswerLost,
    /// The write is not applied, nor answered: [`crate::Error::Unavailable`].
    NotApplied,
    /// The answer is lost and the SDK sends the write again, as it does on its own: applied twice, a condition judged
    /// on what the first left; a transaction is applied once, thanks to its token.
    SentTwice,
    /// The transaction is applied while its resending is told that it is in progress (a single write: as `Conflict`).
    InProgress,
    /// The caller's process is killed, before the write is applied or after: nothing is answered, ever. The future is to be
    /// dropped when `Notify` tells so.
    Killed {
        /// Whether the write is applied.
        applied: bool,
        /// Notified once for each such fault.
        tell: Arc<Notify>,
    },
    /// Another caller's transaction gets in just before; its own outcome is of no account.
    Rival(Vec<Write>),
}

/// Decides on every operation of a table as it comes, instead of a plan: for simulations.
#[async_trait]
pub trait Fate: Send + Sync {
    /// Before an attempt at a read of these keys (of a query, its partition). It may take its time.
    async fn before_read(&self, keys: &[Key]);
    /// Before an attempt at a single write or transaction. It may take its time.
    async fn before_write(&self, writes: &[Write]) -> Option<Fault>;
    /// What items are after a write that was applied; absent where there is none now.
    fn applied(&self, items: Vec<(Key, Option<Item>)>);
}

/// Which attempts go wrong, counted over all single writes and transactions of one table handle and its clones, the
/// table's own retries included. Reads are never hurt.
#[derive(Clone, Default)]
pub struct Faults {
    planned: HashMap<u64, Fault>,
    shares: Vec<(u8, Fault)>,
    seed: u64,
    fate: Option<Arc<dyn Fate>>,
}

impl Faults {
    /// No faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// `fault` at the `nth` attempt; the first is 1.
    #[must_use]
    pub fn at(mut self, nth: u64, fault: Fault) -> Self {
        self.planned.insert(nth, fault);
        self
    }

    /// `fault` at a random share of the attempts, in percent. Shares given one after another add up.
    #[must_use]
    pub fn share(mut self, percent: u8, fault: Fault) -> Self {
        self.shares.push((percent, fault));
        self
    }

    /// The seed of the random shares; 0 unless given. A seed gives the same faults in the same order of attempts.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What `fate` decides, and nothing else.
    pub fn by(fate: Arc<dyn Fate>) -> Self {
        Self { fate: Some(fate), ..Self::default() }
    }
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { planned, shares, seed, fate } = self;
        let mut debug = f.debug_struct("Faults");
        debug
            .field("planned", planned)
            .field("shares", shares)
            .field("seed", seed)
            .field("fate", &fate.is_some())
            .finish()
    }
}

pub(crate) struct Faulty {
    inner: Arc<dyn Backend>,
    faults: Faults,
    progress: Mutex<Progress>,
}

struct Progress {
    attempts: u64,
    rng: StdRng,
    /// Tokens of transactions that were applied while they were said to be in progress.
    in_progress: HashSet<String>,
}

impl Faulty {
    pub(crate) fn new(inner: Arc<dyn Backend>, faults: Faults) -> Self {
        let rng = StdRng::seed_from_u64(faults.seed);
        Self { inner, faults, progress: Mutex::new(Progress { attempts: 0, rng, in_progress: HashSet::new() }) }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next(&self, writes: &[Write]) -> Option<Fault> {
        match &self.faults.fate {
            Some(fate) => fate.before_write(writes).await,
            None => self.planned(),
        }
    }

    fn planned(&self) -> Option<Fault> {
        let mut progress = self.progress();
        progress.attempts += 1;
        let mut drawn = progress.rng.random_range(0..100_u8);
        if let Some(planned) = self.faults.planned.get(&progress.attempts) {
            return Some(planned.clone());
        }
        for (percent, fault) in &self.faults.shares {
            match drawn.checked_sub(*percent) {
                Some(rest) => drawn = rest,
                None => return Some(fault.clone()),
            }
        }
        None
    }

    async fn before_read(&self, keys: &[Key]) {
        if let Some(fate) = &self.faults.fate {
            fate.before_read(keys).await;
        }
    }

    async fn write_now(&self, write: &Write, returning: bool) -> Result<Option<Item>, Failure> {
        let answer = self.inner.write(write, returning).await?;
        self.tell(std::slice::from_ref(write)).await?;
        Ok(answer)
    }

    async fn transact_now(&self, writes: &[Write], token: &str) -> Result<(), Failure> {
        self.inner.transact(writes, token).await?;
        self.tell(writes).await
    }

    async fn tell(&self, writes: &[Write]) -> Result<(), Failure> {
        let Some(fate) = &self.faults.fate else { return Ok(()) };
        let mut items = Vec::new();
        for write in writes.iter().filter(|write| !matches!(write, Write::Check(_))) {
            items.push((write.key().clone(), self.inner.get(write.key(), Read::Strong).await?));
        }
        fate.applied(items);
        Ok(())
    }

    async fn intrude(&self, rival: &[Write]) {
        // The rival may well be refused: then nothing got in between.
        let _ = self.inner.transact(rival, &format!("{:032x}", rand::random::<u128>())).await;
    }
}

#[async_trait]
impl Backend for Faulty {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>, Failure> {
        self.before_read(std::slice::from_ref(key)).await;
        self.inner.get(key, read).await
    }

    async fn batch_get(&self, keys: &[Key], read: Read) -> Result<(Vec<Item>, Vec<Key>), Failure> {
        self.before_read(keys).await;
        self.inner.batch_get(keys, read).await
    }

    async fn write(&self, write: &Write, returning: bool) -> Result<Option<Item>, Failure> {
        match self.next(std::slice::from_ref(write)).await {
            Some(Fault::Conflict | Fault::InProgress) => return Err(Failure::Busy),
            Some(Fault::Throttled) => return Err(Failure::Throttled),
            Some(Fault::NotApplied) => return Err(lost()),
            Some(Fault::AnswerLost) => {
                self.write_now(write, returning).await?;
                return Err(lost());
            }
            Some(Fault::SentTwice) => drop(self.write_now(write, returning).await?),
            Some(Fault::Killed { applied, tell }) => {
                if applied {
                    // Refused or not, nobody is left to hear of it.
                    let _ = self.write_now(write, returning).await;
                }
                return killed(&tell).await;
            }
            Some(Fault::Rival(rival)) => self.intrude(&rival).await,
            None => {}
        }
        self.write_now(write, returning).await
    }

    async fn transact(&self, writes: &[Write], token: &str) -> Result<(), Failure> {
        match self.next(writes).await {
            // What was applied answers success to its token, and no conflict.
            Some(Fault::Conflict) if self.progress().in_progress.contains(token) => {}
            Some(Fault::Conflict) => return Err(Failure::Busy),
            Some(Fault::Throttled) => return Err(Failure::Throttled),
            Some(Fault::NotApplied) => return Err(lost()),
            Some(Fault::AnswerLost) => {
                self.transact_now(writes, token).await?;
                return Err(lost());
            }
            Some(Fault::InProgress) => {
                self.transact_now(writes, token).await?;
                self.progress().in_progress.insert(token.to_owned());
                return Err(Failure::InProgress);
            }
            Some(Fault::SentTwice) => self.transact_now(writes, token).await?,
            Some(Fault::Killed { applied, tell }) => {
                if applied {
                    let _ = self.transact_now(writes, token).await;
                }
                return killed(&tell).await;
            }
            Some(Fault::Rival(rival)) => self.intrude(&rival).await,
            None => {}
        }
        self.transact_now(writes, token).await
    }

    async fn query(&self, query: &Query, most: Option<usize>) -> Result<RawPage, Failure> {
        self.before_read(&[Key::new(query.pk.clone(), "")]).await;
        self.inner.query(query, most).await
    }

    async fn scan(&self, after: Option<&Key>, most: usize) -> Result<(Vec<Item>, Option<Key>), Failure> {
        self.inner.scan(after, most).await
    }
}

async fn killed<T>(tell: &Notify) -> T {
    tell.notify_one();
    std::future::pending().await
}

fn lost() -> Failure {
    Failure::Unavailable("the answer was lost".to_owned())
}
