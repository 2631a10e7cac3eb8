//! One invocation of the product's own handlers, over a table in memory with the rows that the model's state stands for.
//!
//! Nothing of the product is repeated here: what a step reads, decides, asks and writes, and on which conditions, is what
//! its handler does. An invocation can be killed before any of its effects, and held there while the world goes on.

use std::{cell::Cell, rc::Rc, sync::Arc};

use inventory::{
    domain::Lives,
    handlers::{Reservations, confirm_reservation, extend_reservation, release_reservation, reserve_stock},
    store::Inventory,
};
use orders::handlers::{advance_order::advance_order, create_order::create_order};
use payments::{
    gateway::Gateways,
    handlers::{Context, authorise_payment, bring_up_to_date, capture_payment, void_payment},
    store::Payments,
};
use rialto_dynamo::{Faults, Table, from_item, testing};
use rialto_kernel::{OrderId, PaymentId, SignedDuration, Timestamp};
use rialto_lambda::{
    StepError,
    testing::{Source, install},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    bounds::Flaw,
    gateway::{Desk, Gate, Mood},
    meter::{Meanwhile, Meter, Rows, key, replace},
};

/// A table's rows by their keys.
pub(crate) type TableRows = Vec<(String, String, Value)>;

/// Who keeps rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Service {
    /// Stock and reservations.
    Inventory,
    /// Orders.
    Orders,
    /// Payments.
    Payments,
}

/// What is invoked.
#[derive(Debug, Clone)]
pub(crate) enum Invoked {
    /// A step of the workflow, with its payload.
    Step(String, Value),
    /// The sweeper of reservations.
    Sweep,
    /// A webhook about the payment.
    Webhook,
}

/// The circumstances.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// The time as the invocation sees it.
    pub(crate) now: Timestamp,
    /// How a gateway answers.
    pub(crate) mood: Mood,
    /// What is wrong with it.
    pub(crate) flaw: Option<Flaw>,
    /// Before which effect the invocation is killed.
    pub(crate) killed_before: Option<u8>,
}

/// What an invocation begins with.
#[derive(Debug, Clone)]
pub(crate) struct Begins {
    /// The table of its service.
    pub(crate) rows: TableRows,
    /// The gateways' books.
    pub(crate) gates: [Gate; 2],
}

/// How an invocation ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// With an answer.
    Answered(Value),
    /// With an error's name and detail.
    Failed(&'static str, Value),
    /// Not at all.
    Killed,
}

/// What an invocation leaves.
#[derive(Debug, Clone)]
pub(crate) struct Leaves {
    /// The table of its service.
    pub(crate) rows: TableRows,
    /// The gateways' books.
    pub(crate) gates: [Gate; 2],
    /// How it ended.
    pub(crate) end: End,
    /// How many effects it had, or was about to have.
    pub(crate) effects: u8,
}

impl Invoked {
    /// Whose table it works on.
    #[must_use]
    pub(crate) fn service(&self) -> Service {
        match self {
            Self::Sweep => Service::Inventory,
            Self::Webhook => Service::Payments,
            Self::Step(function, _) => Self::service_of(function),
        }
    }

    /// Whose table a function works on.
    ///
    /// # Panics
    /// When it is of no service that the model has.
    #[must_use]
    #[allow(clippy::panic, reason = "a step that is not known must not be skipped")]
    pub(crate) fn service_of(function: &str) -> Service {
        match function.split('-').next() {
            Some("inventory") => Service::Inventory,
            Some("orders") => Service::Orders,
            Some("payments") => Service::Payments,
            _ => panic!("the model does not know {function}"),
        }
    }
}

/// How long a reservation lives, in seconds.
pub(crate) const LIFE: u32 = 10;
/// How long one lives that is paid by wallet or transfer, or put off for it.
pub(crate) const LONGER: u32 = 15;

/// A clock that stands, and chance that says something else each time: a transaction is told from a repeat by it.
struct Steady {
    now: Timestamp,
    drawn: Cell<u64>,
}

impl Source for Steady {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn next(&self) -> u64 {
        self.drawn.set(self.drawn.get().wrapping_add(1));
        self.drawn.get()
    }
}

thread_local! {
    #[allow(clippy::expect_used, reason = "there is no model without it")]
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
}

/// Invokes, with the world replaced by `meanwhile` right before that effect.
#[must_use]
pub(crate) fn perform(
    invoked: &Invoked,
    begins: Begins,
    circumstances: Circumstances,
    meanwhile: Option<(u8, Begins)>,
) -> Leaves {
    RUNTIME.with(|runtime| runtime.block_on(performed(invoked, begins, circumstances, meanwhile)))
}

async fn performed(
    invoked: &Invoked,
    begins: Begins,
    circumstances: Circumstances,
    meanwhile: Option<(u8, Begins)>,
) -> Leaves {
    let Circumstances { now, mood, flaw, killed_before } = circumstances;
    let clock = install(Rc::new(Steady { now, drawn: Cell::new(0) }));
    let table = Table::in_memory("model");
    replace(&table, &keyed(begins.rows)).await;
    let meanwhile = meanwhile.map(|(at, world)| (at, Meanwhile { rows: keyed(world.rows), gates: world.gates }));
    let meter = Meter::new(table.clone(), begins.gates, killed_before, meanwhile);
    let desk = Desk::new(Arc::clone(&meter), mood, flaw);
    let fate: Arc<dyn rialto_dynamo::Fate> = meter.clone();
    let faulty = table.clone().with_faults(Faults::by(fate));
    let end = tokio::select! {
        biased;
        end = handled(invoked, faulty, &desk, now) => end,
        () = meter.killed.notified() => End::Killed,
    };
    drop(clock);
    let (effects, gates) = meter.ended();
    Leaves { rows: content(&table).await, gates, end, effects }
}

fn keyed(rows: TableRows) -> Rows {
    rows.into_iter().map(|(pk, sk, row)| (rialto_dynamo::Key::new(pk, sk), row)).collect()
}

/// All rows of a table, in order of their keys.
#[allow(clippy::expect_used, reason = "a table in memory gives what it was given")]
pub(crate) async fn content(table: &Table) -> TableRows {
    let items = testing::items(table).await.expect("items");
    let mut rows: Vec<_> = items
        .into_iter()
        .map(|item| {
            let key = key(&item);
            let mut row: Value = from_item(item).expect("a row");
            if let Some(fields) = row.as_object_mut() {
                fields.remove("pk");
                fields.remove("sk");
            }
            (key.pk, key.sk, row)
        })
        .collect();
    rows.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    rows
}

#[allow(clippy::panic, clippy::expect_used, reason = "a step that is not known must not be skipped")]
async fn handled(invoked: &Invoked, table: Table, desk: &Arc<Desk>, now: Timestamp) -> End {
    let (function, payload) = match invoked {
        Invoked::Sweep => {
            return ended::<_, inventory::Error>(Ok(Inventory::new(table).expire_due(now).await));
        }
        Invoked::Webhook => {
            let context = money(table, desk);
            let payment = context.payments.load(payment()).await.expect("a read");
            return match payment.filter(|payment| payment.amount.is_some()) {
                Some(payment) => ended(bring_up_to_date(&context, &payment, now).await),
                None => End::Answered(Value::Null),
            };
        }
        Invoked::Step(function, payload) => (function.as_str(), payload),
    };
    match function {
        "orders-create-order" => ended(create_order(&orders::store::Store::new(table), input(payload)).await),
        "orders-advance-order" => ended(advance_order(&orders::store::Store::new(table), input(payload)).await),
        "inventory-reserve-stock" => ended(reserve_stock(&reservations(table), input(payload)).await),
        "inventory-extend-reservation" => ended(extend_reservation(&reservations(table), input(payload)).await),
        "inventory-confirm-reservation" => ended(confirm_reservation(&Inventory::new(table), input(payload)).await),
        "inventory-release-reservation" => ended(release_reservation(&Inventory::new(table), input(payload)).await),
        "payments-authorise-payment" => ended(authorise_payment(&money(table, desk), input(payload), now).await),
        "payments-capture-payment" => ended(capture_payment(&money(table, desk), input(payload), now).await),
        "payments-void-payment" => ended(void_payment(&money(table, desk), input(payload), now).await),
        other => panic!("the model does not know {other}"),
    }
}

fn money(table: Table, desk: &Arc<Desk>) -> Context {
    let (first, second) = desk.counters();
    Context { payments: Payments::new(table), gateways: Gateways::new(first, Some(second)) }
}

#[allow(clippy::expect_used, reason = "constants")]
fn reservations(table: Table) -> Reservations {
    let lives = Lives::new(LIFE, LONGER, LONGER, false).expect("lives");
    Reservations::new(Inventory::new(table), lives)
}

#[allow(clippy::panic, reason = "a payload that a function cannot read is a mistake of document, function or model")]
fn input<T: DeserializeOwned>(payload: &Value) -> T {
    serde_json::from_value(payload.clone()).unwrap_or_else(|error| panic!("{payload}: {error}"))
}

#[allow(clippy::expect_used, reason = "answers are JSON")]
fn ended<T: Serialize, E: StepError>(outcome: Result<T, E>) -> End {
    match outcome {
        Ok(answer) => End::Answered(serde_json::to_value(answer).expect("JSON")),
        Err(error) => End::Failed(error.name(), error.detail()),
    }
}

/// The order of each buyer: their rows are kept apart, so that buyers can be exchanged.
#[must_use]
pub(crate) fn order() -> OrderId {
    OrderId::named(&["model"])
}

/// The payment of each buyer.
#[must_use]
pub(crate) fn payment() -> PaymentId {
    PaymentId::named(&["model"])
}

/// The time of a buyer: when nothing that was set aside for them has ended, or when all of it has.
#[must_use]
#[allow(clippy::expect_used, reason = "constants")]
pub(crate) fn time(late: bool) -> Timestamp {
    let start = Timestamp::from_second(1_780_000_000).expect("a time");
    let passed = SignedDuration::from_secs(if late { 60 } else { 0 });
    start.saturating_add(passed).expect("a time")
}
