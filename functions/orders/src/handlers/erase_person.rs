//! Step of a person's erasure.

use rialto_person::{ErasePerson, Erased};

use crate::{OrderError, store::Store};

const PAGE: usize = 50;

/// Takes the person out of their orders, all that have ended; orders stay, as the records of sales must. Those under way
/// are left for the erasure's second pass. Repeating it goes on where it was.
///
/// # Errors
/// [`OrderError::Busy`] when an order changed meanwhile; when the table fails.
pub async fn erase_person(store: &Store, input: ErasePerson) -> Result<Erased, OrderError> {
    let mut erased = 0;
    let mut after = None;
    loop {
        let page = store.list(input.user_id, None, PAGE, after).await?;
        for order in page.items {
            // The list may be some moments old.
            let Some(order) = store.order(order.id).await? else { continue };
            if order.anonymised().is_none() {
                continue;
            }
            if !store.anonymise(&order).await? {
                return Err(OrderError::Busy);
            }
            erased += 1;
        }
        match page.next {
            Some(position) => after = Some(position),
            None => return Ok(Erased { rows: erased }),
        }
    }
}

#[cfg(test)]
#[path = "erase_person_tests.rs"]
mod tests;
