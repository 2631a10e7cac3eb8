//! The append-only ledger.

use rialto_dynamo::{Put, Query, Read, cond};
use rialto_events::{Envelope, OUTBOX, outbox, types::StockMoved};
use rialto_kernel::{MovementId, OfferId};

use super::{Inventory, keys};
use crate::{domain::Movement, error::Error};

impl Inventory {
    /// The movements of an offer, in no particular order. For audits: the index lags by moments.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn ledger_of(&self, offer: OfferId) -> Result<Vec<Movement>, Error> {
        Ok(self.table.query_all(Query::pk(keys::offer(offer)).index(keys::INDEX)).await?)
    }

    /// Whether a movement has been booked.
    pub(super) async fn is_booked(&self, movement: MovementId) -> Result<bool, Error> {
        Ok(self.table.get::<Movement>(&keys::movement(movement), Read::Strong).await?.is_some())
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
        .gsi1(keys::offer(movement.offer_id), movement.movement_id.to_string())
        .with(OUTBOX, outbox(&[envelope])?)
        .when(cond::absent("pk")))
}
