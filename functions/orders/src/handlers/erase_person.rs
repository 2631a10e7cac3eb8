//! Step of a person's erasure.

use rialto_person::{ErasePerson, Erased};

use crate::{OrderError, store::Store};

const PAGE: usize = 50;

/// Takes the person out of a page of their orders, those that have ended; orders stay, as the records of sales must. Those
/// under way, which need their address, are counted and left for a later pass. Repeating it goes on where it was.
///
/// # Errors
/// [`OrderError::Busy`] when an order changed meanwhile; when the table fails.
pub async fn erase_person(store: &Store, input: ErasePerson) -> Result<Erased, OrderError> {
    let page = store.list(input.user_id, None, PAGE, input.after.clone()).await?;
    let (mut erased, mut left) = (0, 0);
    for order in page.items {
        // The list may be some moments old.
        let Some(order) = store.order(order.id).await? else { continue };
        if order.anonymised().is_none() {
            left += u64::from(order.shipping_address.is_some());
            continue;
        }
        if !store.anonymise(&order).await? {
            return Err(OrderError::Busy);
        }
        erased += 1;
    }
    Ok(input.erased(erased, page.next).leaving(left))
}

#[cfg(test)]
#[path = "erase_person_tests.rs"]
mod tests;
