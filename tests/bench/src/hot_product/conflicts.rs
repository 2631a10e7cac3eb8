//! Conflicts, which DynamoDB Local does not show, by two models: a share of all attempts, and transactions that last.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::future::join_all;
use rialto_dynamo::{Counts, Fate, Fault, Faults, Item, Key, Table, Write};

use super::Hot;
use crate::measure::float;

const WRITERS: u32 = 64;
const EACH: u32 = 5;
const SHARES: [u8; 4] = [10, 25, 50, 75];
/// How long DynamoDB is taken to be at a transaction's items.
const LASTING: Duration = Duration::from_millis(10);
const ARRIVALS: [u32; 4] = [10, 25, 50, 100];

pub(super) async fn run() {
    println!(
        "  {WRITERS} writers under conflicts, of any kind tried again by the table, 10 times at most; aim: 1 retry a success"
    );
    for percent in SHARES {
        let faults = Faults::new().seed(u64::from(percent)).share(percent, Fault::Conflict);
        let seen = seen(faults, None).await;
        println!("    {percent:3} % of all attempts:                 {seen}");
    }
    let lasting = || Faults::by(Arc::new(Overlap::default()));
    println!(
        "  where a transaction is at its items for {} ms and whatever meets it is a conflict",
        LASTING.as_millis()
    );
    for arrivals in ARRIVALS {
        let every = Duration::from_secs(1).saturating_mul(WRITERS) / arrivals;
        let seen = seen(lasting(), Some(every)).await;
        println!("    {arrivals:3} reservations a second:             {seen}");
    }
    println!("    each writer as soon as it is done:     {}", seen(lasting(), None).await);
}

/// What became of the reservations.
struct Seen {
    made: u64,
    given_up: u64,
    retries: u64,
    lasted: Duration,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { made, given_up, retries, lasted } = self;
        let (each, rate) = (float(*retries) / float(*made), float(*made) / lasted.as_secs_f64());
        write!(f, "{each:5.2} retries a success, {given_up} of {} given up, {rate:4.0} made a second", made + given_up)
    }
}

/// All writers reserve, each again after a pause that is on average `every`.
async fn seen(faults: Faults, every: Option<Duration>) -> Seen {
    let (counts, table) = (Counts::default(), Table::in_memory("hot"));
    let hot = Hot::new(table.clone()).await;
    let hot = Hot { inventory: inventory::store::Inventory::new(table.with_faults(faults).counted(&counts)), ..hot };
    let began = Instant::now();
    let made = join_all((0..WRITERS).map(async |writer| {
        let mut made = 0;
        for turn in 0..EACH {
            if let Some(every) = every {
                tokio::time::sleep(pause(every, writer, turn)).await;
            }
            match hot.reserve().await {
                Ok(()) => made += 1,
                Err(inventory::Error::Table(_) | inventory::Error::Contended) => {}
                Err(error) => panic!("{error}"),
            }
        }
        made
    }));
    let made: u64 = made.await.into_iter().sum();
    let asked = u64::from(WRITERS.saturating_mul(EACH));
    Seen { made, given_up: asked - made, retries: counts.writes() - made, lasted: began.elapsed() }
}

/// From nothing to twice `every`, spread evenly and the same in each run.
fn pause(every: Duration, writer: u32, turn: u32) -> Duration {
    let part = writer.wrapping_mul(37).wrapping_add(turn.wrapping_mul(61)) % 101;
    every.saturating_mul(2).saturating_mul(part) / 100
}

/// Transactions that last, and conflict where they meet.
#[derive(Default)]
struct Overlap {
    held: Mutex<HashSet<Key>>,
}

#[async_trait]
impl Fate for Overlap {
    async fn before_read(&self, _: &[Key]) {}

    async fn before_write(&self, writes: &[Write]) -> Option<Fault> {
        let keys: Vec<Key> = writes.iter().map(|write| write.key().clone()).collect();
        {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            if keys.iter().any(|key| held.contains(key)) {
                return Some(Fault::Conflict);
            }
            held.extend(keys.iter().cloned());
        }
        tokio::time::sleep(LASTING).await;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|key| !keys.contains(key));
        None
    }

    fn applied(&self, _: Vec<(Key, Option<Item>)>) {}
}
