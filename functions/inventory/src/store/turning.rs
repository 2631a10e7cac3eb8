//! Ending reservations: confirm, release, restock, expire. And putting off their end.

use rialto_dynamo::{Cond, Put, Update, Write, cond};
use rialto_kernel::{ReservationId, SignedDuration, Timestamp};

use super::{ATTEMPTS, Inventory, before, keys, reserving::movements};
use crate::{
    domain::{Decision, Extension, Reservation, State, Transition, Turn, decide, decide_extension},
    error::Error,
};

impl Inventory {
    /// Confirms, releases (or restocks) or expires a reservation and answers the state it is in then; `None` when there is
    /// none and nothing had to be done. Asked again, it changes nothing.
    ///
    /// # Errors
    /// [`Error::ReservationExpired`] when it is too late to confirm; [`Error::Contended`]; those of the table.
    pub async fn turn(&self, id: ReservationId, turn: Turn, now: Timestamp) -> Result<Option<State>, Error> {
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let standing = self.reservation(id).await?;
            let written = match (decide(standing.as_ref(), turn, now), &standing) {
                (Decision::Refuse(state), _) => return Err(Error::ReservationExpired { state }),
                (Decision::Move(transition), Some(reservation)) => {
                    self.table.transact(writes(reservation, transition, now)?).await.map(|()| transition.to())
                }
                (Decision::Tombstone, _) => self.table.put(tombstone(id, now)?).await.map(|()| State::Released),
                (Decision::Nothing | Decision::Move(_), _) => return Ok(standing.map(|reservation| reservation.state)),
            };
            match written {
                Ok(state) => return Ok(Some(state)),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// Gives a reservation the time `life` from `now` on, once, and answers the end it has then (none where it is sold
    /// already and had none). Asked again, it changes nothing.
    ///
    /// # Errors
    /// [`Error::ReservationExpired`] when it has ended or its time is up; [`Error::Contended`]; those of the table.
    pub async fn extend(
        &self,
        id: ReservationId,
        life: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let standing = self.reservation(id).await?;
            match decide_extension(standing.as_ref(), life, now) {
                Extension::Refuse(state) => return Err(Error::ReservationExpired { state }),
                Extension::Stands => return Ok(standing.and_then(|reservation| reservation.expires_at)),
                Extension::Until(end) => match self.table.update(extension(id, end, now)?).await {
                    Ok(()) => return Ok(Some(end)),
                    Err(error) if error.condition_failed() => {}
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Err(Error::Contended)
    }
}

/// Puts off the end of a reservation that is open, in time, and was not put off before.
pub(super) fn extension(id: ReservationId, end: Timestamp, now: Timestamp) -> Result<Update, Error> {
    Ok(Update::of(keys::reservation(id))
        .set("expiresAt", end.to_string())
        .set("gsi1sk", end.to_string())
        .set("extendedAt", now.to_string())
        .when(cond::eq("state", State::Reserved.as_str()))
        .when(cond::absent("extendedAt"))
        .when(cond::gt("expiresAt", whole_second(now)?)))
}

pub(super) fn writes(reservation: &Reservation, transition: Transition, now: Timestamp) -> Result<Vec<Write>, Error> {
    let id = reservation.reservation_id;
    let state = Update::of(keys::reservation(id))
        .set("state", transition.to().as_str())
        .set("turnedAt", now.to_string())
        .remove("gsi1pk")
        .remove("gsi1sk")
        .when(cond::eq("state", transition.from().map_or("", State::as_str)));
    let state = match in_time(transition, now)? {
        Some(condition) => state.when(condition),
        None => state,
    };
    let mut writes = vec![Write::from(state)];
    writes.extend(movements(id, transition, &reservation.allocations, now)?);
    Ok(writes)
}

/// Ends are whole seconds, so comparing with the whole second of `now` is exact.
fn in_time(transition: Transition, now: Timestamp) -> Result<Option<Cond>, Error> {
    let second = whole_second(now)?;
    Ok(match transition {
        Transition::Confirm => Some(cond::gt("expiresAt", second)),
        Transition::Expire => Some(cond::le("expiresAt", second)),
        Transition::Reserve | Transition::Release | Transition::Restock => None,
    })
}

fn whole_second(now: Timestamp) -> Result<String, Error> {
    Ok(Timestamp::from_second(now.as_second()).map_err(|_| Error::Invalid("the time"))?.to_string())
}

fn tombstone(id: ReservationId, now: Timestamp) -> Result<Put, Error> {
    let released = Reservation {
        reservation_id: id,
        order_id: None,
        state: State::Released,
        allocations: Vec::new(),
        expires_at: None,
        created_at: now,
        extended_at: None,
    };
    Ok(Put::new(&keys::reservation(id), &released)?.when(cond::absent("pk")))
}
