//! A buyer: the run, each service's rows, and the gateways' books. And what is so of them.

use std::mem::{self, Discriminant};

use inventory::domain::{Reservation, State as Reserved};
use orders::domain::{Order, Status};
use payments::domain::{Payment, State as Paid};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    gateway::{AMOUNT, Gate, Held, Mood},
    perform::{Service, TableRows},
    world::{Rows, Scene, World},
};

/// Where the run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Run {
    /// At this place, which is a task's.
    At(u32),
    /// At its end.
    Over,
    /// Stopped or failed; another one settles what it left.
    Lost,
}

/// An invocation that was held before one of its effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Holding {
    pub(crate) what: u32,
    pub(crate) before: u8,
    pub(crate) mood: Mood,
    pub(crate) late: bool,
    pub(crate) scene: Scene,
    /// Whether the run waits for its answer.
    pub(crate) awaited: bool,
}

/// A buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Buyer {
    pub(crate) run: Run,
    /// How many runs were lost.
    pub(crate) lost: u8,
    /// Whether the time of what was set aside is up.
    pub(crate) late: bool,
    pub(crate) inventory: Rows,
    pub(crate) orders: Rows,
    pub(crate) payments: Rows,
    pub(crate) gates: [Gate; 2],
    pub(crate) holding: Option<Holding>,
    /// How many invocations were held.
    pub(crate) held: u8,
}

impl Buyer {
    pub(crate) fn rows(&self, service: Service) -> Rows {
        match service {
            Service::Inventory => self.inventory,
            Service::Orders => self.orders,
            Service::Payments => self.payments,
        }
    }

    /// What a service's invocation sees.
    pub(crate) fn scene(&self, service: Service, spare: bool) -> Scene {
        Scene {
            rows: self.rows(service),
            spare: spare && service == Service::Inventory,
            gates: if service == Service::Payments { self.gates } else { Default::default() },
        }
    }
}

/// What is so of one buyer, read from the rows: what the invariants speak of, and where each row stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facts {
    /// Where the reservation stands, by [`mem::discriminant`] of its state.
    pub reservation: Option<Discriminant<Reserved>>,
    /// Where the order stands.
    pub order: Option<Status>,
    /// Where the payment stands.
    pub payment: Option<Discriminant<Paid>>,
    /// Units sold to the buyer.
    pub sold: i8,
    /// Units set aside for the buyer.
    pub reserved: i8,
    /// What the ledger's entries sum to: on hand, reserved.
    pub ledger: (i64, i64),
    /// Whether the order exists, and the payment is on record.
    pub on_record: bool,
    /// Whether the order is confirmed.
    pub bought: bool,
    /// How often money was taken.
    pub captures: u8,
    /// At how many gateways, or under how many keys, money is held or taken.
    pub charges: u8,
    /// Whether a gateway holds or took money and has not let go of all of it.
    pub keeps: bool,
    /// Whether a gateway took money and has not given all of it back.
    pub taken: bool,
    /// What was given back, in minor units.
    pub refunded: i64,
    /// Whether all is as it is to be when nothing can happen any more: sold, taken and confirmed, or nothing of it.
    pub settled: bool,
}

impl Facts {
    pub(crate) fn of(world: &World, buyer: &Buyer) -> Self {
        let inventory = world.rows(buyer.inventory);
        let reservation: Option<Reservation> = row(&inventory, "RESERVATION");
        let reservation = reservation.map(|reservation| reservation.state);
        let order: Option<Order> = row(&world.rows(buyer.orders), "ORDER");
        let order = order.map(|order| order.status);
        let payment: Option<Payment> = row(&world.rows(buyer.payments), "PAYMENT");
        let payment = payment.map(|payment| payment.state);
        let gates = buyer.gates;
        let charged = gates.iter().filter(|gate| gate.keeps()).count();
        let others: u8 = gates.iter().map(|gate| gate.others).sum();
        let keeps = gates.iter().any(|gate| gate.keeps());
        let taken = gates.iter().any(|gate| gate.held == Held::Captured && i64::from(gate.refunded) < AMOUNT);
        let (sold, reserved) = (reservation == Some(Reserved::Confirmed), reservation == Some(Reserved::Reserved));
        let bought = order == Some(Status::Confirmed);
        let ended = bought || matches!(order, Some(Status::PaymentFailed | Status::Cancelled | Status::Expired));
        let money = matches!(payment, None | Some(Paid::Captured | Paid::Failed | Paid::Voided));
        let whole = [sold, taken, keeps, payment == Some(Paid::Captured)].into_iter().all(|one| one == bought);
        Self {
            reservation: reservation.as_ref().map(mem::discriminant),
            order,
            payment: payment.as_ref().map(mem::discriminant),
            sold: i8::from(sold),
            reserved: i8::from(reserved),
            ledger: ledger(&inventory),
            on_record: order.is_some() && payment.is_some(),
            bought,
            captures: gates.iter().map(|gate| gate.captures).sum(),
            charges: u8::try_from(charged).unwrap_or(u8::MAX).saturating_add(others),
            keeps,
            taken,
            refunded: gates.iter().map(|gate| i64::from(gate.refunded)).sum(),
            settled: buyer.run == Run::Over && ended && money && !reserved && whole,
        }
    }
}

fn row<T: DeserializeOwned>(rows: &TableRows, sk: &str) -> Option<T> {
    let (_, _, row) = rows.iter().find(|(_, name, _)| name == sk)?;
    serde_json::from_value(row.clone()).ok()
}

fn ledger(rows: &TableRows) -> (i64, i64) {
    let entries = rows.iter().filter(|(_, sk, _)| sk == "MOVEMENT");
    entries.fold((0, 0), |(on_hand, reserved), (_, _, entry)| {
        let delta = |name| entry.get(name).and_then(Value::as_i64).unwrap_or_default();
        (on_hand.saturating_add(delta("deltaOnHand")), reserved.saturating_add(delta("deltaReserved")))
    })
}
