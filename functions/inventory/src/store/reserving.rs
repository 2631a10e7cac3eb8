//! Reserving stock for an order: all of it, in one transaction, or nothing.

use std::collections::{BTreeMap, HashMap};

use futures::future::try_join_all;
use rialto_dynamo::{Put, Read, Write, cond};
use rialto_kernel::{Destination, OfferId, OrderId, ReservationId, SignedDuration, Timestamp, WarehouseId};

use super::{ATTEMPTS, Inventory, StockRow, Warehouse, before, keys, ledger, stock};
use crate::{
    domain::{
        Allocation, Demand, Distance, MAX_ALLOCATIONS, Movement, Refusal, Reservation, Source, State, Transition,
        allocate, end_of,
    },
    error::Error,
};

/// What an order wants set aside.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The reservation's id, drawn by whoever asks: asking again with it is the same reservation.
    pub reservation_id: ReservationId,
    /// For which order.
    pub order_id: OrderId,
    /// Units of each offer, summed over the order's lines.
    pub units: BTreeMap<OfferId, u32>,
    /// Where they are to go.
    pub destination: Destination,
}

impl Inventory {
    /// Sets aside what is wanted for `life`, rounded up to a whole second. Asked again with the same id, it answers with
    /// the reservation that stands, whatever is wanted then.
    ///
    /// # Errors
    /// [`Error::OutOfStock`] only from a fresh read that is short; [`Error::ReservationClosed`] when the reservation was
    /// released or has expired; [`Error::TooScattered`]; [`Error::Contended`]; those of the table.
    pub async fn reserve(&self, wanted: &Wanted, life: SignedDuration, now: Timestamp) -> Result<Reservation, Error> {
        if wanted.units.is_empty() {
            return Err(Error::Invalid("a reservation needs at least one line"));
        }
        if wanted.units.len() > MAX_ALLOCATIONS {
            return Err(Error::TooScattered { allocations: wanted.units.len() });
        }
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let allocations = match allocate(self.demands(wanted).await?) {
                Ok(allocations) => allocations,
                // What is missing may be what this reservation holds already.
                Err(refusal) => match self.reservation(wanted.reservation_id).await? {
                    Some(standing) => return answer(standing),
                    None => return Err(refusal.into()),
                },
            };
            let reservation = Reservation {
                reservation_id: wanted.reservation_id,
                order_id: Some(wanted.order_id),
                state: State::Reserved,
                allocations,
                expires_at: Some(end_of(now, life).ok_or(Error::Invalid("the reservation's life"))?),
                created_at: now,
                extended_at: None,
            };
            match self.table.transact(writes(&reservation, now)?).await {
                Ok(()) => return Ok(reservation),
                Err(error) if error.condition_failed() => {
                    if let Some(standing) = error.failed_item(0)? {
                        return answer(standing);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// A reservation, strongly read.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn reservation(&self, reservation: ReservationId) -> Result<Option<Reservation>, Error> {
        Ok(self.table.get(&keys::reservation(reservation), Read::Strong).await?)
    }

    async fn demands(&self, wanted: &Wanted) -> Result<Vec<Demand>, Error> {
        let rows = try_join_all(wanted.units.keys().map(|offer| self.stock_of(*offer))).await?;
        let distances = self.distances(&rows, &wanted.destination).await?;
        let demand = |((offer, units), rows): ((&OfferId, &u32), &Vec<StockRow>)| Demand {
            offer_id: *offer,
            requested: *units,
            sources: rows.iter().map(|row| source(row, &distances)).collect(),
        };
        Ok(wanted.units.iter().zip(&rows).map(demand).collect())
    }

    /// How far the warehouses are between which there is a choice.
    async fn distances(
        &self,
        stocks: &[Vec<StockRow>],
        destination: &Destination,
    ) -> Result<HashMap<WarehouseId, (Distance, u16)>, Error> {
        let choices = stocks.iter().filter(|rows| rows.len() > 1).flatten();
        let mut keys: Vec<_> = choices.map(|row| keys::warehouse(row.seller_id, row.warehouse_id)).collect();
        keys.sort();
        keys.dedup();
        let warehouses: Vec<Warehouse> = self.table.batch_get(&keys, Read::Eventual).await?;
        let distance = |warehouse: &Warehouse| {
            warehouse.place.as_ref().map_or(Distance::FARTHEST, |place| place.distance(destination))
        };
        Ok(warehouses.iter().map(|one| (one.warehouse_id, (distance(one), one.priority))).collect())
    }
}

fn source(row: &StockRow, distances: &HashMap<WarehouseId, (Distance, u16)>) -> Source {
    let (distance, priority) = distances.get(&row.warehouse_id).copied().unwrap_or((Distance::FARTHEST, u16::MAX));
    let StockRow { warehouse_id, product_id, available, .. } = *row;
    Source { warehouse_id, product_id, available, distance, priority }
}

/// What to answer to a reservation that is asked for again.
fn answer(standing: Reservation) -> Result<Reservation, Error> {
    match standing.state {
        State::Reserved | State::Confirmed => Ok(standing),
        state => Err(Error::ReservationClosed { state }),
    }
}

/// The reservation first, so that its reason is the first of a cancellation's; then stock and ledger of each allocation.
pub(super) fn writes(reservation: &Reservation, now: Timestamp) -> Result<Vec<Write>, Error> {
    let id = reservation.reservation_id;
    let ends = reservation.expires_at.map(|end| end.to_string()).unwrap_or_default();
    let put = Put::new(&keys::reservation(id), reservation)?
        .gsi1(keys::expiring(keys::expiring_shard(id)), ends)
        .when(cond::absent("pk"));
    let mut writes = vec![Write::from(put)];
    writes.extend(movements(id, Transition::Reserve, &reservation.allocations, now)?);
    Ok(writes)
}

/// Stock and ledger writes of a transition.
pub(super) fn movements(
    reservation: ReservationId,
    transition: Transition,
    allocations: &[Allocation],
    now: Timestamp,
) -> Result<Vec<Write>, Error> {
    let mut writes = Vec::with_capacity(allocations.len().saturating_mul(2));
    for allocation in allocations {
        let movement = Movement::of_transition(reservation, transition, allocation, now);
        writes.push(stock::change_of(&movement).into());
        writes.push(ledger::entry(&movement)?.into());
    }
    Ok(writes)
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Short(items) => Self::OutOfStock { items },
            Refusal::TooScattered { allocations } => Self::TooScattered { allocations },
        }
    }
}
