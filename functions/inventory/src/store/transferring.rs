//! Transfers between two warehouses of a seller, in two steps.

use rialto_dynamo::{Page, Position, Put, Query, Read, Update, Write, cond};
use rialto_kernel::{SellerId, Timestamp, TransferId};

use super::{ATTEMPTS, Inventory, Offer, before, booking, keys, ledger, roster, stock};
use crate::{
    domain::{Closing, Level, MAX_ON_HAND, Movement, Transfer, TransferDecision, TransferState},
    error::Error,
};

impl Inventory {
    /// Sends units on their way: they leave the first warehouse in the transaction that makes the transfer. Asked again
    /// with the same id, it answers with the transfer that stands.
    ///
    /// # Errors
    /// [`Error::BelowReserved`] when units are not there or are set aside; [`Error::Contended`]; those of the table.
    pub async fn dispatch(&self, transfer: &Transfer) -> Result<Transfer, Error> {
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            match self.table.transact(dispatch_writes(transfer)?).await {
                Ok(()) => return Ok(transfer.clone()),
                Err(error) if error.failed_conditions().contains(&0) => {
                    if let Some(standing) = error.failed_item(0)? {
                        return Ok(standing);
                    }
                }
                Err(error) if error.condition_failed() => {
                    let standing = self.stock_in(transfer.offer_id, transfer.from_warehouse_id).await?;
                    let Level { on_hand, reserved, available } = standing.map(|row| row.level()).unwrap_or_default();
                    // What is missing may be what this transfer has taken already.
                    if let Some(standing) = self.find_transfer(transfer.transfer_id).await? {
                        return Ok(standing);
                    }
                    if available < transfer.quantity {
                        return Err(Error::BelowReserved { on_hand, reserved });
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// Ends a transfer and answers it. Asked again in the same way, it changes nothing.
    ///
    /// # Errors
    /// [`Error::TransferClosed`] when it has ended in another way; [`Error::MoreThanSent`]; [`Error::TooMuchStock`] when
    /// the warehouse cannot hold them; [`Error::Contended`]; those of the table.
    pub async fn close(&self, transfer: &Transfer, closing: Closing, now: Timestamp) -> Result<Transfer, Error> {
        let mut standing = transfer.clone();
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            if attempt > 0 {
                standing = self.find_transfer(transfer.transfer_id).await?.ok_or(Error::UnknownTransfer)?;
            }
            let movements = match standing.close(closing, now) {
                TransferDecision::Nothing => return Ok(standing),
                TransferDecision::Refuse => return Err(Error::TransferClosed { state: standing.state }),
                TransferDecision::TooMany => return Err(Error::MoreThanSent { sent: standing.quantity }),
                TransferDecision::Close(movements) => movements,
            };
            let closed = closed(&standing, closing, now);
            let mut writes = vec![closing_write(&closed, now)];
            writes.extend(self.arrivals(&standing, &movements).await?);
            match self.table.transact(writes).await {
                Ok(()) => return Ok(closed),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// A transfer: the seller's own, or with `None` anyone's.
    ///
    /// # Errors
    /// [`Error::UnknownTransfer`], also for another seller's; those of the table.
    pub async fn transfer(&self, seller: Option<SellerId>, id: TransferId) -> Result<Transfer, Error> {
        let found = self.find_transfer(id).await?;
        found.filter(|transfer| seller.is_none_or(|own| transfer.seller_id == own)).ok_or(Error::UnknownTransfer)
    }

    /// A page of a seller's transfers, newest first.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn transfers(
        &self,
        seller: SellerId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Transfer>, Error> {
        let query = Query::pk(keys::transfers(seller)).index(keys::INDEX).descending();
        Ok(self.table.query(query.limit(limit).after(after)).await?)
    }

    async fn find_transfer(&self, id: TransferId) -> Result<Option<Transfer>, Error> {
        Ok(self.table.get(&keys::transfer(id), Read::Strong).await?)
    }

    /// Stock and ledger of the warehouse where a transfer ends.
    async fn arrivals(&self, transfer: &Transfer, movements: &[Movement]) -> Result<Vec<Write>, Error> {
        let Some((first, more)) = movements.split_first() else { return Ok(Vec::new()) };
        let standing = self.stock_in(first.offer_id, first.warehouse_id).await?;
        let level = standing.as_ref().map(super::StockRow::level).unwrap_or_default();
        let after = movements.iter().try_fold(level, |level, movement| level.after(movement));
        let after = after.ok_or(Error::TooMuchStock)?;
        let mut writes = match &standing {
            Some(_) => vec![arrival(first, more).into()],
            None => {
                let count = u64::try_from(movements.len()).unwrap_or(u64::MAX);
                let row = booking::first_row(&Offer::from(transfer), first.warehouse_id, after, count)?;
                vec![row, roster::enrol(first.offer_id)]
            }
        };
        for movement in movements {
            writes.push(ledger::entry(movement)?.into());
        }
        Ok(writes)
    }
}

impl From<&Transfer> for Offer {
    fn from(transfer: &Transfer) -> Self {
        let Transfer { offer_id, seller_id, product_id, sku, .. } = transfer;
        Self { offer_id: *offer_id, seller_id: *seller_id, product_id: *product_id, sku: sku.clone() }
    }
}

pub(super) fn dispatch_writes(transfer: &Transfer) -> Result<Vec<Write>, Error> {
    let leaving = transfer.dispatch();
    let put = Put::new(&keys::transfer(transfer.transfer_id), transfer)?
        .gsi1(keys::transfers(transfer.seller_id), keys::at(transfer.dispatched_at, transfer.transfer_id))
        .when(cond::absent("pk"));
    Ok(vec![put.into(), stock::change_of(&leaving).into(), ledger::entry(&leaving)?.into()])
}

fn closed(standing: &Transfer, closing: Closing, now: Timestamp) -> Transfer {
    let received = match closing {
        Closing::Receive(units) => Some(units),
        Closing::Cancel => None,
    };
    Transfer { state: Transfer::closed(closing), received, closed_at: Some(now), ..standing.clone() }
}

/// Closes a transfer that is on its way.
pub(super) fn closing_write(closed: &Transfer, now: Timestamp) -> Write {
    Update::of(keys::transfer(closed.transfer_id))
        .set("state", closed.state.as_str())
        .set("closedAt", now.to_string())
        .set_or_remove("received", closed.received)
        .when(cond::eq("state", TransferState::InTransit.as_str()))
        .into()
}

/// What arrives, within what the warehouse can hold.
fn arrival(first: &Movement, more: &[Movement]) -> Update {
    let net = more.iter().fold(first.delta_on_hand, |sum, one| sum.saturating_add(one.delta_on_hand));
    let most = i64::from(MAX_ON_HAND).saturating_sub(net);
    stock::change_of_all(first, more).when(cond::le("onHand", most))
}
