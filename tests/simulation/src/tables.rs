//! The tables: in memory, with faults at every operation, and a stream of what was written.

use std::{collections::BTreeMap, rc::Rc, sync::Arc, time::Duration};

use async_trait::async_trait;
use rialto_dynamo::{Fate, Fault, Faults, Item, Key, Table, Write};
use tokio::{task::spawn_local, time::sleep};

use crate::machine::{Kind, Machine};

/// The variables by which functions know their tables.
pub(crate) const VARIABLES: [&str; 8] = [
    "CARTS_TABLE",
    "CATALOG_TABLE",
    "CHECKOUT_TABLE",
    "IDENTITY_TABLE",
    "INVENTORY_TABLE",
    "ORDERS_TABLE",
    "PAYMENTS_TABLE",
    "SANDBOX_GATEWAY_TABLE",
];

/// What is done with a written item.
pub(crate) type Stream = Rc<dyn Fn(&str, &Key, &Item)>;

thread_local! {
    static STREAM: std::cell::RefCell<Option<Stream>> = const { std::cell::RefCell::new(None) };
}

/// The tables of a deployment.
pub(crate) struct Tables {
    /// As functions get them.
    pub(crate) faulty: Arc<BTreeMap<String, Table>>,
    /// The same tables without faults, for the world outside and for what is checked in the end.
    pub(crate) quiet: BTreeMap<String, Table>,
}

impl Tables {
    pub(crate) fn new() -> Self {
        let (mut faulty, mut quiet) = (BTreeMap::new(), BTreeMap::new());
        for name in VARIABLES {
            let raw = Table::in_memory(name);
            let calm = raw.clone().with_faults(Faults::by(Arc::new(Streamed { name })));
            let fate = Struck { name, quiet: calm.clone() };
            faulty.insert(name.to_owned(), raw.with_faults(Faults::by(Arc::new(fate))));
            quiet.insert(name.to_owned(), calm);
        }
        Self { faulty: Arc::new(faulty), quiet }
    }

    pub(crate) fn quiet(&self, name: &str) -> &Table {
        &self.quiet[name]
    }
}

/// Has every item that is written handed to `stream`.
pub(crate) fn listen(stream: Option<Stream>) {
    STREAM.set(stream);
}

fn written(table: &str, items: &[(Key, Option<Item>)]) {
    let Some(stream) = STREAM.with_borrow(Clone::clone) else { return };
    for (key, item) in items {
        if let Some(item) = item {
            stream(table, key, item);
        }
    }
}

struct Streamed {
    name: &'static str,
}

#[async_trait]
impl Fate for Streamed {
    async fn before_read(&self, _: &[Key]) {}

    async fn before_write(&self, _: &[Write]) -> Option<Fault> {
        None
    }

    fn applied(&self, items: Vec<(Key, Option<Item>)>) {
        written(self.name, &items);
    }
}

struct Struck {
    name: &'static str,
    quiet: Table,
}

impl Struck {
    /// What goes wrong with a write, and how long it takes until then.
    fn draw(&self, writes: &[Write]) -> (Duration, Option<Fault>) {
        let Some(machine) = Machine::current() else { return (Duration::ZERO, None) };
        let keys: Vec<String> = writes.iter().map(|write| shown(write.key())).collect();
        machine.note(&format!("{} writes {}", self.name, keys.join(" ")));
        let pause = latency(&machine);
        if machine.strikes(Kind::Stalled) {
            return (Duration::from_secs(1_000), None);
        }
        let killed = |applied| Fault::Killed { applied, tell: Machine::death() };
        let faults: [(Kind, &dyn Fn() -> Fault); 9] = [
            (Kind::Conflict, &|| Fault::Conflict),
            (Kind::Throttled, &|| Fault::Throttled),
            (Kind::AnswerLost, &|| Fault::AnswerLost),
            (Kind::NotApplied, &|| Fault::NotApplied),
            (Kind::SentTwice, &|| Fault::SentTwice),
            (Kind::InProgress, &|| Fault::InProgress),
            (Kind::KilledBefore, &|| killed(false)),
            (Kind::KilledAfter, &|| killed(true)),
            (Kind::WriteLate, &|| {
                self.late(&machine, writes);
                killed(false)
            }),
        ];
        (pause, faults.into_iter().find(|(kind, _)| machine.strikes(*kind)).map(|(_, fault)| fault()))
    }

    /// The write is on its way when its sender dies.
    fn late(&self, machine: &Rc<Machine>, writes: &[Write]) {
        let (table, writes) = (self.quiet.clone(), writes.to_vec());
        let (machine, after) = (Rc::clone(machine), machine.within(Duration::from_secs(5)));
        spawn_local(async move {
            sleep(after).await;
            let outcome = table.transact(writes).await;
            machine.note(&format!("a late write of {}: {outcome:?}", table.name()));
        });
    }
}

#[async_trait]
impl Fate for Struck {
    async fn before_read(&self, keys: &[Key]) {
        let pause = Machine::current().map(|machine| {
            let keys: Vec<String> = keys.iter().map(shown).collect();
            machine.note(&format!("{} reads {}", self.name, keys.join(" ")));
            latency(&machine)
        });
        sleep(pause.unwrap_or_default()).await;
    }

    async fn before_write(&self, writes: &[Write]) -> Option<Fault> {
        let (pause, fault) = self.draw(writes);
        sleep(pause).await;
        fault
    }

    fn applied(&self, items: Vec<(Key, Option<Item>)>) {
        written(self.name, &items);
    }
}

/// Mostly some milliseconds, now and then a second.
fn latency(machine: &Machine) -> Duration {
    let longest = if machine.percent(2) { 1_000 } else { 15 };
    Duration::from_millis(1) + machine.within(Duration::from_millis(longest))
}

fn shown(key: &Key) -> String {
    format!("{}/{}", key.pk, key.sk)
}
