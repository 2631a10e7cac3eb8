//! The append-only ledger.

use rialto_dynamo::{Page, Position, Put, Query, Read, cond};
use rialto_events::{Envelope, OUTBOX, outbox, types::StockMoved};
use rialto_kernel::{MovementId, OfferId};

use super::{Inventory, keys};
use crate::{domain::Movement, error::Error};

impl Inventory {
    /// All movements of an offer, oldest first. For audits: the index lags by moments.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn ledger_of(&self, offer: OfferId) -> Result<Vec<Movement>, Error> {
        Ok(self.table.query_all(Query::pk(keys::offer(offer)).index(keys::INDEX)).await?)
    }

    /// A page of an offer's movements, newest first.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn movements(&self, of: OfferId, limit: usize, after: Option<Position>) -> Result<Page<Movement>, Error> {
        let query = Query::pk(keys::offer(of)).index(keys::INDEX).descending();
        Ok(self.table.query(query.limit(limit).after(after)).await?)
    }

    /// A movement, if it has been booked.
    pub(super) async fn movement(&self, id: MovementId) -> Result<Option<Movement>, Error> {
        Ok(self.table.get(&keys::movement(id), Read::Strong).await?)
    }

    /// Whether a movement has been booked.
    pub(super) async fn is_booked(&self, id: MovementId) -> Result<bool, Error> {
        Ok(self.movement(id).await?.is_some())
    }
}

/// The ledger row of a movement, with its event; refused when the movement is booked already.
pub(super) fn entry(movement: &Movement) -> Result<Put, Error> {
    let event = StockMoved {
        movement_id: movement.movement_id,
        offer_id: movement.offer_id,
        product_id: movement.product_id,
        warehouse_id: movement.warehouse_id,
        delta_on_hand: movement.delta_on_hand,
        delta_reserved: movement.delta_reserved,
        reason: movement.reason.as_str().to_owned(),
    };
    let envelope = Envelope::of(&event, movement.movement_id, 1, movement.at)?;
    Ok(Put::new(&keys::movement(movement.movement_id), movement)?
        .gsi1(keys::offer(movement.offer_id), keys::at(movement.at, movement.movement_id))
        .with(OUTBOX, outbox(&[envelope])?)
        .when(cond::absent("pk")))
}
