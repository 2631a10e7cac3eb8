//! Counts what an invocation does, so that it can be ended or held at any point of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rialto_dynamo::{Delete, Fate, Fault, Item, Key, Put, Table, Write, testing};
use serde_json::Value;
use tokio::sync::Notify;

use crate::gateway::Gate;

/// A table's rows.
pub(crate) type Rows = Vec<(Key, Value)>;

/// What the world is when an invocation that was held goes on.
pub(crate) struct Meanwhile {
    pub(crate) rows: Rows,
    pub(crate) gates: [Gate; 2],
}

/// Effects are writes of the table and questions to a gateway that may change something, from 1.
pub(crate) struct Meter {
    table: Table,
    killed_before: Option<u8>,
    progress: Mutex<Progress>,
    pub(crate) killed: Notify,
}

struct Progress {
    effects: u8,
    gates: [Gate; 2],
    held_before: Option<(u8, Meanwhile)>,
}

impl Meter {
    pub(crate) fn new(
        table: Table,
        gates: [Gate; 2],
        killed_before: Option<u8>,
        held_before: Option<(u8, Meanwhile)>,
    ) -> Arc<Self> {
        let progress = Mutex::new(Progress { effects: 0, gates, held_before });
        Arc::new(Self { table, killed_before, progress, killed: Notify::new() })
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before each effect.
    pub(crate) async fn effect(&self) {
        let (effects, meanwhile) = {
            let mut progress = self.progress();
            progress.effects = progress.effects.saturating_add(1);
            let effects = progress.effects;
            let held = progress.held_before.take_if(|(at, _)| *at == effects);
            if let Some((_, meanwhile)) = &held {
                progress.gates = meanwhile.gates;
            }
            (effects, held.map(|(_, meanwhile)| meanwhile))
        };
        if let Some(meanwhile) = meanwhile {
            replace(&self.table, &meanwhile.rows).await;
        }
        if self.killed_before == Some(effects) {
            self.killed.notify_one();
            std::future::pending().await
        }
    }

    pub(crate) fn gate<T>(&self, index: usize, act: impl FnOnce(&mut Gate) -> T) -> T {
        let mut progress = self.progress();
        let [first, second] = &mut progress.gates;
        act(if index == 0 { first } else { second })
    }

    pub(crate) fn ended(&self) -> (u8, [Gate; 2]) {
        let progress = self.progress();
        (progress.effects, progress.gates)
    }
}

#[async_trait]
impl Fate for Meter {
    async fn before_read(&self, _: &[Key]) {}

    async fn before_write(&self, _: &[Write]) -> Option<Fault> {
        self.effect().await;
        None
    }

    fn applied(&self, _: Vec<(Key, Option<Item>)>) {}
}

/// Makes a table hold these rows and no others.
#[allow(clippy::expect_used, reason = "a table in memory takes every row that came from one")]
pub(crate) async fn replace(table: &Table, rows: &Rows) {
    for item in testing::items(table).await.expect("items") {
        let key = key(&item);
        if !rows.iter().any(|(kept, _)| *kept == key) {
            table.delete(Delete::of(key)).await.expect("a deletion");
        }
    }
    for (key, row) in rows {
        table.put(Put::new(key, row).expect("a row")).await.expect("a write");
    }
}

pub(crate) fn key(item: &Item) -> Key {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    Key::new(text("pk"), text("sk"))
}
