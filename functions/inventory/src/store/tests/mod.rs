//! A world of one seller for tests, and the audit of everything in its table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod alerts;
mod availability;
mod booking;
mod concurrency;
mod counting;
mod extending;
mod guarded;
mod interleavings;
mod reconciling;
mod reserving;
mod stocktaking;
mod transferring;
mod turning;

use std::collections::{BTreeMap, BTreeSet};

use rialto_dynamo::{Fault, Faults, Item, Table, from_item, testing};
use rialto_kernel::{
    Destination, ImportId, MovementId, OfferId, OrderId, ProductId, ReservationId, SellerId, SignedDuration, Timestamp,
    TransferId, WarehouseId,
};

use super::{Booking, Inventory, Offer, StockRow, Wanted, Warehouse};
use crate::{
    domain::{Movement, Place, Reason, Reservation, State, Transfer, TransferState, Turn},
    error::Error,
};

pub(super) const LIFE: SignedDuration = SignedDuration::from_secs(900);

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

/// One seller's table. Setting up goes through the clean table, what is tested through the faulty one.
pub(super) struct World {
    pub(super) table: Table,
    pub(super) clean: Inventory,
    pub(super) shop: Inventory,
    pub(super) seller: SellerId,
}

/// A world in memory and, where a local stack runs, one on DynamoDB Local.
pub(super) async fn worlds(faults: Faults) -> Vec<World> {
    let tables = testing::tables("inventory").await.unwrap();
    tables.into_iter().map(|table| World::new(table, faults.clone())).collect()
}

pub(super) fn offer(seller: SellerId, sku: &str) -> Offer {
    let seller_id = seller.to_string();
    let name = [seller_id.as_str(), sku];
    Offer {
        offer_id: OfferId::named(&name),
        seller_id: seller,
        product_id: ProductId::named(&name),
        sku: sku.to_owned(),
    }
}

pub(super) fn destination() -> Destination {
    Destination { country: "US".to_owned(), region: Some("NV".to_owned()), postal_code: Some("89501".to_owned()) }
}

pub(super) fn wanted(reservation: ReservationId, units: &[(OfferId, u32)]) -> Wanted {
    Wanted {
        reservation_id: reservation,
        order_id: OrderId::named(&[&reservation.to_string()]),
        units: units.iter().copied().collect(),
        destination: destination(),
    }
}

impl World {
    pub(super) fn new(table: Table, faults: Faults) -> Self {
        Self {
            clean: Inventory::new(table.clone()),
            shop: Inventory::new(table.clone().with_faults(faults)),
            table,
            seller: SellerId::draw(),
        }
    }

    pub(super) fn in_memory(faults: Faults) -> Self {
        Self::new(Table::in_memory("inventory"), faults)
    }

    pub(super) async fn warehouse(&self, name: &str, country: &str) -> WarehouseId {
        let warehouse = Warehouse {
            warehouse_id: WarehouseId::named(&[&self.seller.to_string(), name]),
            seller_id: self.seller,
            name: name.to_owned().try_into().unwrap(),
            place: Some(Place::new(country, None, None, None).unwrap()),
            priority: 0,
        };
        self.clean.add_warehouse(&warehouse).await.unwrap();
        warehouse.warehouse_id
    }

    /// Receives units of an offer.
    pub(super) async fn stock(&self, sku: &str, warehouse: WarehouseId, units: u32) -> OfferId {
        let booking = self.booking(sku, warehouse, i64::from(units), Reason::Received);
        self.clean.book(&booking, at(0)).await.unwrap();
        booking.offer.offer_id
    }

    pub(super) fn booking(&self, sku: &str, warehouse_id: WarehouseId, delta: i64, reason: Reason) -> Booking {
        Booking {
            movement_id: MovementId::draw(),
            offer: offer(self.seller, sku),
            warehouse_id,
            delta,
            reason,
            reference: "test".to_owned(),
        }
    }

    pub(super) fn transfer_id(&self, number: u8) -> TransferId {
        TransferId::named(&[&self.seller.to_string(), &number.to_string()])
    }

    /// A transfer that is about to be dispatched.
    pub(super) fn transfer(
        &self,
        number: u8,
        sku: &str,
        [from, to]: [WarehouseId; 2],
        quantity: u32,
        now: i64,
    ) -> Transfer {
        let Offer { offer_id, seller_id, product_id, sku } = offer(self.seller, sku);
        Transfer {
            transfer_id: self.transfer_id(number),
            offer_id,
            product_id,
            seller_id,
            sku,
            from_warehouse_id: from,
            to_warehouse_id: to,
            quantity,
            state: TransferState::InTransit,
            received: None,
            reason: "test".to_owned(),
            dispatched_at: at(now),
            closed_at: None,
        }
    }

    /// Books a change just before the first write of the inventory that is answered.
    pub(super) fn with_rival(&self, booking: &Booking) -> Inventory {
        let movement = booking.movement(at(0));
        let writes = vec![super::stock::change_of(&movement).into(), super::ledger::entry(&movement).unwrap().into()];
        Inventory::new(self.table.clone().with_faults(Faults::new().at(1, Fault::Rival(writes))))
    }

    pub(super) async fn import(&self, rows: &[super::Counted], import: ImportId) -> Vec<super::Rejected> {
        self.shop.set_counted(self.seller, import, rows, at(1)).await.unwrap()
    }

    pub(super) fn counted(&self, line: u64, sku: &str, quantity: u32) -> super::Counted {
        let Offer { offer_id, product_id, sku, .. } = offer(self.seller, sku);
        super::Counted { line, offer_id, product_id, sku, quantity }
    }

    pub(super) async fn level(&self, offer: OfferId) -> (u32, u32, u32) {
        let rows = self.clean.stock_of(offer).await.unwrap();
        rows.iter().fold((0, 0, 0), |sum, row| (sum.0 + row.on_hand, sum.1 + row.reserved, sum.2 + row.available))
    }

    /// Checks every invariant of the module's doc over the whole table.
    pub(super) async fn audit(&self) {
        let items = testing::items(&self.table).await.unwrap();
        let of_kind = |prefix: &str, sk: &str| -> Vec<Item> {
            let begins = |item: &&Item, name: &str, with: &str| item[name].as_s().unwrap().starts_with(with);
            items.iter().filter(|i| begins(i, "pk", prefix) && begins(i, "sk", sk)).cloned().collect()
        };
        let mut booked: BTreeMap<_, (i64, i64, u64)> = BTreeMap::new();
        let mut by_transfer: BTreeMap<String, BTreeMap<Reason, i64>> = BTreeMap::new();
        for item in of_kind("MOVEMENT#", "MOVEMENT") {
            assert!(item.contains_key("outbox"), "each movement is told");
            let movement: Movement = from_item(item).unwrap();
            let sum = booked.entry((movement.offer_id, movement.warehouse_id)).or_default();
            *sum = (sum.0 + movement.delta_on_hand, sum.1 + movement.delta_reserved, sum.2 + 1);
            if movement.reference.parse::<TransferId>().is_ok() {
                by_transfer.entry(movement.reference).or_default().insert(movement.reason, movement.delta_on_hand);
            }
        }
        let mut set_aside: BTreeMap<_, i64> = BTreeMap::new();
        for item in of_kind("RESERVATION#", "RESERVATION") {
            let is_open = item.contains_key("gsi1pk") && item.contains_key("gsi1sk");
            let reservation: Reservation = from_item(item).unwrap();
            assert_eq!(is_open, reservation.state == State::Reserved, "the sweeper sees open reservations only");
            for one in reservation.allocations.iter().filter(|_| reservation.state == State::Reserved) {
                *set_aside.entry((one.offer_id, one.warehouse_id)).or_default() += i64::from(one.quantity);
            }
        }
        for item in of_kind("TRANSFER#", "TRANSFER") {
            let transfer: Transfer = from_item(item).unwrap();
            let moved = by_transfer.remove(&transfer.transfer_id.to_string()).unwrap_or_default();
            let sent = i64::from(transfer.quantity);
            let lost = transfer.received.map(|received| i64::from(received) - sent).filter(|lost| *lost != 0);
            let expected = match transfer.state {
                TransferState::InTransit => vec![(Reason::Dispatched, -sent)],
                TransferState::Cancelled => vec![(Reason::Dispatched, -sent), (Reason::Recalled, sent)],
                TransferState::Received => [(Reason::Dispatched, -sent), (Reason::Arrived, sent)]
                    .into_iter()
                    .chain(lost.map(|lost| (Reason::Lost, lost)))
                    .collect(),
            };
            assert_eq!(moved.into_iter().collect::<Vec<_>>(), expected, "{transfer:?}");
        }
        assert!(by_transfer.is_empty(), "no units move without a transfer");
        let enrolled: BTreeSet<_> =
            of_kind("ROSTER#", "off_").iter().map(|item| item["sk"].as_s().unwrap().clone()).collect();
        for item in of_kind("OFFER#", "STOCK#") {
            let row: StockRow = from_item(item).unwrap();
            let place = (row.offer_id, row.warehouse_id);
            assert_eq!(i64::from(row.on_hand) - i64::from(row.reserved), i64::from(row.available), "{row:?}");
            let sum = booked.remove(&place).unwrap_or_default();
            let books = (row.on_hand.into(), row.reserved.into(), row.version);
            assert_eq!(sum, books, "the ledger sums to the stock: {row:?}");
            assert!(enrolled.contains(&row.offer_id.to_string()), "the reconciliation finds each offer");
            assert_eq!(set_aside.remove(&place).unwrap_or_default(), i64::from(row.reserved), "{row:?}");
        }
        assert!(booked.is_empty() && set_aside.is_empty(), "nothing is booked where there is no stock");
    }
}

/// What a workflow does: the same call again until its outcome is certain.
pub(super) async fn until_certain<T, F>(mut call: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for _ in 0..200 {
        match call().await {
            Err(error) if error.is_transient() => {}
            outcome => return outcome,
        }
    }
    panic!("never certain");
}

/// Polls a future so many times and drops it, as a function that dies does.
pub(super) async fn die_after<F: Future>(polls: usize, future: F) {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        if futures::poll!(&mut future).is_ready() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
}

pub(super) async fn turned(shop: &Inventory, id: ReservationId, turn: Turn, now: Timestamp) -> Result<State, Error> {
    Ok(until_certain(|| shop.turn(id, turn, now)).await?.expect("a state"))
}
