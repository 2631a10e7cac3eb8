//! `checkout-erase-person`, a step of a person's erasure.

use rialto_person::{ErasePerson, Erased};

use crate::{error::Error, store::Checkouts};

/// Removes a page of the person's checkouts that have ended; one under way is left for the erasure's second pass.
///
/// # Errors
/// When the database does not answer.
pub async fn erase_person(checkouts: &Checkouts, input: ErasePerson) -> Result<Erased, Error> {
    let (removed, next) = checkouts.erase(input.user_id, input.after.clone()).await?;
    Ok(input.erased(removed, next))
}
