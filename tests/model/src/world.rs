//! What an invocation makes of a buyer's rows, and where the document sends the run: each worked out once.

use std::collections::HashMap;

use orders::domain::{Ending, Failure};
use serde_json::{Value, json};

use crate::{
    asl::Place,
    bounds::{Bounds, Flaw},
    gateway::{Gate, Mood},
    perform::{Begins, Circumstances, End, Invoked, Service, TableRows, perform, time},
    pool::Pool,
    setting::{outside, stocked, tidy},
};

/// The rows of one service about one buyer, by number.
pub(crate) type Rows = u32;

/// What one service's table and the gateways are to an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Scene {
    pub(crate) rows: Rows,
    /// Whether a unit is there that nobody has; only inventory sees it.
    pub(crate) spare: bool,
    /// Only payments see them.
    pub(crate) gates: [Gate; 2],
}

/// An invocation and its circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) what: u32,
    pub(crate) mood: Mood,
    pub(crate) late: bool,
    pub(crate) scene: Scene,
    pub(crate) killed_before: Option<u8>,
    /// The scene from that effect on.
    pub(crate) meanwhile: Option<(u8, Scene)>,
}

/// What an invocation leaves.
#[derive(Debug, Clone)]
pub(crate) struct Became {
    pub(crate) rows: Rows,
    /// By how much on hand and reserved stock change.
    pub(crate) stock: (i8, i8),
    pub(crate) gates: [Gate; 2],
    pub(crate) end: End,
    pub(crate) effects: u8,
}

/// Where an error leads to.
#[derive(Debug, Clone)]
pub(crate) struct After {
    /// Whether the task may be tried again.
    pub(crate) retried: bool,
    /// The places where the run can be next when it is not; none where it is tried for ever, or fails.
    pub(crate) caught: Option<Vec<u32>>,
}

/// Rows, places and invocations by number, and what was worked out about them.
pub(crate) struct World {
    pub(crate) bounds: Bounds,
    stock: TableRows,
    rows: Pool<String>,
    places: Pool<(String, String)>,
    invoked: Pool<String>,
    became: HashMap<Asked, Became>,
    services: HashMap<u32, Service>,
    asks: HashMap<Rows, u64>,
    /// Where each answer or error leads to from each place.
    answered: HashMap<(u32, String), Vec<u32>>,
    failed: HashMap<(u32, String), After>,
}

/// No rows.
pub(crate) const NONE: Rows = 0;

impl World {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let mut rows = Pool::default();
        rows.number("[]".to_owned());
        Self {
            bounds,
            stock: stocked(),
            rows,
            places: Pool::default(),
            invoked: Pool::default(),
            became: HashMap::new(),
            services: HashMap::new(),
            asks: HashMap::new(),
            answered: HashMap::new(),
            failed: HashMap::new(),
        }
    }

    /// How many different invocations were performed.
    pub(crate) fn invocations(&self) -> usize {
        self.became.len()
    }

    pub(crate) fn rows(&self, number: Rows) -> TableRows {
        self.rows.get(number).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    pub(crate) fn number(&mut self, rows: &TableRows) -> Rows {
        self.rows.number(canonical(json!(rows)))
    }

    pub(crate) fn place(&self, number: u32) -> Option<Place> {
        let (state, data) = self.places.get(number)?;
        Some(Place { state: state.clone(), data: serde_json::from_str(data).ok()? })
    }

    /// How often a gateway was asked to set the amount aside, by the rows of payments.
    pub(crate) fn asks(&mut self, payments: Rows) -> u64 {
        if let Some(asks) = self.asks.get(&payments) {
            return *asks;
        }
        let rows = self.rows(payments);
        let payment = rows.iter().find(|(_, sk, _)| sk == "PAYMENT").and_then(|(_, _, row)| row.get("asks"));
        let asks = payment.and_then(Value::as_u64).unwrap_or_default();
        self.asks.insert(payments, asks);
        asks
    }

    /// Whose table an invocation works on.
    pub(crate) fn service(&mut self, what: u32) -> Service {
        if let Some(service) = self.services.get(&what) {
            return *service;
        }
        let service = self.invoked(what).service();
        self.services.insert(what, service);
        service
    }

    /// A step of the run at this place, by number, and its function; none where the run is over.
    pub(crate) fn step(&mut self, place: &Place) -> Option<(u32, String)> {
        let function = self.bounds.document.function(&place.state)?.to_owned();
        let payload = self.bounds.document.payload(place);
        Some((self.invoked.number(canonical(json!({ "function": function, "payload": payload }))), function))
    }

    /// The sweeper, or a webhook.
    pub(crate) fn other(&mut self, name: &str) -> u32 {
        self.invoked.number(canonical(json!({ "other": name })))
    }

    fn invoked(&self, what: u32) -> Invoked {
        let value: Value = self.invoked.get(what).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        match value.get("other").and_then(Value::as_str) {
            Some("sweep") => Invoked::Sweep,
            Some(_) => Invoked::Webhook,
            None => {
                let function = value.get("function").and_then(Value::as_str).unwrap_or_default();
                Invoked::Step(function.to_owned(), value.get("payload").cloned().unwrap_or_default())
            }
        }
    }

    /// The places where a run can be next: on from this one, through tasks that are outside of the model, which end well or
    /// are refused.
    pub(crate) fn reached(&mut self, place: Place) -> Vec<u32> {
        let (mut todo, mut reached) = (vec![place], Vec::new());
        while let Some(place) = todo.pop() {
            let outside = self.bounds.document.function(&place.state).and_then(outside);
            match outside {
                None => reached.push(self.placed(place)),
                Some((answer, refusal)) => {
                    todo.push(self.bounds.document.answered(&place, &answer));
                    todo.extend(self.bounds.document.failed(&place, refusal, "{}").caught);
                }
            }
        }
        reached.sort_unstable();
        reached.dedup();
        reached
    }

    /// Where a task's answer leads to.
    pub(crate) fn answered(&mut self, place: u32, answer: &Value) -> Vec<u32> {
        let key = (place, answer.to_string());
        if let Some(next) = self.answered.get(&key) {
            return next.clone();
        }
        let next = self.place(place).map(|place| self.bounds.document.answered(&place, answer));
        let next = next.map(|next| self.reached(next)).unwrap_or_default();
        self.answered.insert(key, next.clone());
        next
    }

    /// Where a task's error leads to.
    pub(crate) fn failed(&mut self, place: u32, error: &str) -> After {
        let key = (place, error.to_owned());
        if let Some(after) = self.failed.get(&key) {
            return after.clone();
        }
        let failed = self.place(place).map(|place| self.bounds.document.failed(&place, error, "{}"));
        let retried = failed.as_ref().is_some_and(|after| after.retried);
        let caught = failed.and_then(|after| after.caught).map(|next| self.reached(next));
        let after = After { retried, caught };
        self.failed.insert(key, after.clone());
        after
    }

    /// The number of a place: without data that nothing reads from there on, and of a failure only how it ends the order.
    fn placed(&mut self, mut place: Place) -> u32 {
        let live = self.bounds.document.live(&place.state);
        if let Some(fields) = place.data.as_object_mut() {
            fields.retain(|name, _| live.contains(name));
            if let Some(failure) = fields.get_mut("failure") {
                let error = failure.get("Error").and_then(Value::as_str).unwrap_or_default();
                let error = match Failure::of_step(error, "{}").ending {
                    Ending::PaymentFailed => "PaymentDeclined",
                    Ending::Cancelled => "OutOfStock",
                    Ending::Expired => "ReservationExpired",
                };
                *failure = json!({ "Error": error, "Cause": "{}" });
            }
        }
        self.places.number((place.state, canonical(place.data)))
    }

    /// Invokes.
    pub(crate) fn invoke(&mut self, mut asked: Asked) -> Became {
        if self.bounds.flaw == Some(Flaw::SweepsSold) && matches!(self.invoked(asked.what), Invoked::Sweep) {
            asked.scene.rows = self.reopened(asked.scene.rows);
        }
        if let Some(became) = self.became.get(&asked) {
            return became.clone();
        }
        let (invoked, service) = (self.invoked(asked.what), self.service(asked.what));
        let last = asked.meanwhile.map_or(asked.scene, |(_, scene)| scene);
        let begins = |world: &Self, scene: Scene| Begins { rows: world.table(service, scene), gates: scene.gates };
        let meanwhile = asked.meanwhile.map(|(at, scene)| (at, begins(self, scene)));
        let circumstances = Circumstances {
            now: time(asked.late),
            mood: asked.mood,
            flaw: self.bounds.flaw,
            killed_before: asked.killed_before,
        };
        let left = perform(&invoked, begins(self, asked.scene), circumstances, meanwhile);
        let before = counts(&self.table(service, last));
        let after = counts(&left.rows);
        let known =
            |pk: &str, sk: &str| self.stock.iter().any(|(one, other, _)| (one.as_str(), other.as_str()) == (pk, sk));
        let rows: TableRows = left.rows.into_iter().filter(|(pk, sk, _)| !known(pk, sk)).collect();
        let rows = rows.into_iter().filter_map(|(pk, sk, row)| Some((pk, tidy(&sk, &row)?, sk)));
        let rows = rows.map(|(pk, row, sk)| (pk, sk, row)).filter(|(_, sk, row)| !self.forgets(sk, row)).collect();
        let became = Became {
            rows: self.number(&rows),
            stock: (difference(after.0, before.0), difference(after.1, before.1)),
            gates: left.gates,
            end: left.end,
            effects: left.effects,
        };
        self.became.insert(asked, became.clone());
        became
    }

    /// The rows with what is sold shown as open and due: what a sweeper would see that does not look at the state.
    fn reopened(&mut self, rows: Rows) -> Rows {
        let mut rows = self.rows(rows);
        for (_, _, row) in &mut rows {
            let sold = row.get("state") == Some(&json!("confirmed"));
            let end = row.get("expiresAt").cloned().filter(|_| sold);
            if let Some((end, fields)) = end.zip(row.as_object_mut()) {
                let shown = [("state", json!("reserved")), ("gsi1pk", json!("EXPIRING#0")), ("gsi1sk", end)];
                fields.extend(shown.map(|(name, value)| (name.to_owned(), value)));
            }
        }
        self.number(&rows)
    }

    /// Whether a row is lost, by mistake.
    fn forgets(&self, sk: &str, row: &Value) -> bool {
        let flaw = self.bounds.flaw;
        (flaw == Some(Flaw::LedgerForgets) && sk == "MOVEMENT" && row.get("deltaOnHand") == Some(&json!(-1)))
            || (flaw == Some(Flaw::PaysUnrecorded)
                && sk == "PAYMENT"
                && row.get("state") == Some(&json!("authorising")))
    }

    /// A service's table: the buyer's rows, and for inventory the stock as far as the buyer can see it.
    fn table(&self, service: Service, scene: Scene) -> TableRows {
        let mut rows = self.rows(scene.rows);
        if service != Service::Inventory {
            return rows;
        }
        let own = rows.iter().any(|(_, sk, row)| sk == "RESERVATION" && row.get("state") == Some(&json!("reserved")));
        let reserved = i64::from(own);
        let spare = i64::from(scene.spare || self.bounds.flaw == Some(Flaw::StockUnseen));
        for (pk, sk, row) in &self.stock {
            let mut row = row.clone();
            if let Some(fields) = row.as_object_mut().filter(|_| sk.starts_with("STOCK#")) {
                let counts = [("onHand", spare + reserved), ("reserved", reserved), ("available", spare)];
                fields.extend(counts.map(|(name, count)| (name.to_owned(), json!(count))));
            }
            rows.push((pk.clone(), sk.clone(), row));
        }
        rows
    }
}

/// On hand and reserved stock.
fn counts(rows: &TableRows) -> (i64, i64) {
    let row = rows.iter().find(|(_, sk, _)| sk.starts_with("STOCK#"));
    let count = |name| row.and_then(|(_, _, row)| row.get(name)).and_then(Value::as_i64).unwrap_or_default();
    (count("onHand"), count("reserved"))
}

fn difference(after: i64, before: i64) -> i8 {
    i8::try_from(after.saturating_sub(before)).unwrap_or(i8::MAX)
}

/// JSON text that is the same for the same value, whatever the order of its fields.
fn canonical(mut value: Value) -> String {
    value.sort_all_objects();
    value.to_string()
}
