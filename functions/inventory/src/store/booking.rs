//! Receipts and adjustments: movements that a person books.

use rialto_dynamo::{Put, Update, Write, cond, mutants};
use rialto_kernel::{MovementId, Timestamp, WarehouseId};

use super::{ATTEMPTS, Inventory, Offer, StockRow, before, keys, ledger, roster, stock};
use crate::{
    domain::{Level, MAX_ON_HAND, Movement, Reason},
    error::Error,
};

/// A change of on-hand stock.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Drawn once for the request: booking it again changes nothing.
    pub movement_id: MovementId,
    /// What came or went.
    pub offer: Offer,
    /// Where; one of the seller's warehouses.
    pub warehouse_id: WarehouseId,
    /// Units, negative for what went.
    pub delta: i64,
    /// Received or adjusted.
    pub reason: Reason,
    /// The seller's own words.
    pub reference: String,
}

impl Inventory {
    /// Books a change and answers the stock after it.
    ///
    /// # Errors
    /// [`Error::BelowReserved`] when units are not there or are set aside; [`Error::TooMuchStock`]; [`Error::Contended`];
    /// those of the table.
    pub async fn book(&self, booking: &Booking, now: Timestamp) -> Result<StockRow, Error> {
        let movement = booking.movement(now);
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let standing = self.stock_in(booking.offer.offer_id, booking.warehouse_id).await?;
            let level = standing.as_ref().map(StockRow::level).unwrap_or_default();
            let Some(after) = level.after(&movement) else {
                if mutants::guard(self.is_booked(movement.movement_id).await?) {
                    return standing.ok_or(Error::UnknownOffer);
                }
                return Err(refusal(level, booking.delta));
            };
            let writes = match &standing {
                Some(_) => vec![change(&movement).into(), ledger::entry(&movement)?.into()],
                None => vec![
                    first_row(&booking.offer, booking.warehouse_id, after, 1)?,
                    ledger::entry(&movement)?.into(),
                    roster::enrol(booking.offer.offer_id),
                ],
            };
            match self.table.transact(writes).await {
                Ok(()) => break,
                Err(error) if error.failed_conditions().contains(&1) => break,
                Err(error) if error.condition_failed() && attempt + 1 < ATTEMPTS => {}
                Err(error) if error.condition_failed() => return Err(Error::Contended),
                Err(error) => return Err(error.into()),
            }
        }
        self.stock_in(booking.offer.offer_id, booking.warehouse_id).await?.ok_or(Error::UnknownOffer)
    }
}

impl Booking {
    pub(super) fn movement(&self, at: Timestamp) -> Movement {
        Movement {
            movement_id: self.movement_id,
            offer_id: self.offer.offer_id,
            product_id: self.offer.product_id,
            warehouse_id: self.warehouse_id,
            delta_on_hand: self.delta,
            delta_reserved: 0,
            reason: self.reason,
            reference: self.reference.clone(),
            at,
        }
    }
}

fn refusal(level: Level, delta: i64) -> Error {
    let Level { on_hand, reserved, .. } = level;
    if delta < 0 { Error::BelowReserved { on_hand, reserved } } else { Error::TooMuchStock }
}

/// A change that also keeps the warehouse within [`MAX_ON_HAND`].
pub(super) fn change(movement: &Movement) -> Update {
    let most = i64::from(MAX_ON_HAND).saturating_sub(movement.delta_on_hand);
    stock::change_of(movement).when(cond::le("onHand", most))
}

/// The first stock of an offer in a warehouse, after so many movements. It goes with [`roster::enrol`].
pub(super) fn first_row(
    offer: &Offer,
    warehouse_id: WarehouseId,
    level: Level,
    movements: u64,
) -> Result<Write, Error> {
    let row = StockRow {
        offer_id: offer.offer_id,
        warehouse_id,
        seller_id: offer.seller_id,
        product_id: offer.product_id,
        sku: offer.sku.clone(),
        on_hand: level.on_hand,
        reserved: level.reserved,
        available: level.available,
        version: movements,
    };
    Ok(Put::new(&keys::stock(offer.offer_id, warehouse_id), &row)?.when(cond::absent("pk")).into())
}
