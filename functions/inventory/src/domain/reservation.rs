//! The life of a reservation: reserved, then exactly one of confirmed, released or expired; restocked only after
//! confirmed. The store turns each decision into a condition on the state, so that only one of two rivals wins.

use rialto_kernel::{OrderId, ReservationId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Allocation, Reason, end_of};

/// Where a reservation is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Units are set aside until the reservation expires.
    Reserved,
    /// Units are sold.
    Confirmed,
    /// Units were given back before the sale; also the tombstone of a reservation released before it was made.
    Released,
    /// Units were given back after the sale.
    Restocked,
    /// Units were given back because the time was up.
    Expired,
}

impl State {
    /// As it is stored and told in errors.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Restocked => "restocked",
            Self::Expired => "expired",
        }
    }
}

/// Units set aside for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// For which order; absent in a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Where it is in its life.
    pub state: State,
    /// What is set aside and where; empty in a tombstone.
    pub allocations: Vec<Allocation>,
    /// From when on it can no longer be confirmed, in whole seconds; absent in a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its end was put off, which happens once; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_at: Option<Timestamp>,
}

/// What someone wants of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Sell what is set aside.
    Confirm,
    /// Give back what is set aside or sold.
    Release,
    /// Give back what nobody paid for in time.
    Expire,
}

/// A change of state and what it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Nothing to reserved.
    Reserve,
    /// Reserved to confirmed.
    Confirm,
    /// Reserved to released.
    Release,
    /// Confirmed to restocked.
    Restock,
    /// Reserved to expired.
    Expire,
}

impl Transition {
    /// The state it starts from; `None` for [`Transition::Reserve`], which starts from nothing.
    #[must_use]
    pub fn from(self) -> Option<State> {
        match self {
            Self::Reserve => None,
            Self::Confirm | Self::Release | Self::Expire => Some(State::Reserved),
            Self::Restock => Some(State::Confirmed),
        }
    }

    /// The state it ends in.
    #[must_use]
    pub fn to(self) -> State {
        match self {
            Self::Reserve => State::Reserved,
            Self::Confirm => State::Confirmed,
            Self::Release => State::Released,
            Self::Restock => State::Restocked,
            Self::Expire => State::Expired,
        }
    }

    /// The reason in the ledger.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Self::Reserve => Reason::Reserved,
            Self::Confirm => Reason::Confirmed,
            Self::Release => Reason::Released,
            Self::Restock => Reason::Restocked,
            Self::Expire => Reason::Expired,
        }
    }

    /// What one unit does to on-hand and reserved stock: -1, 0 or 1 each.
    #[must_use]
    pub fn directions(self) -> (i64, i64) {
        match self {
            Self::Reserve => (0, 1),
            Self::Confirm => (-1, -1),
            Self::Release | Self::Expire => (0, -1),
            Self::Restock => (1, 0),
        }
    }
}

/// What to do about a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Make this transition, unless the state has changed meanwhile.
    Move(Transition),
    /// It is as wanted already, or there is nothing to do.
    Nothing,
    /// Write a tombstone, so that a reservation that arrives late is refused.
    Tombstone,
    /// Too late: it is in this state (`None`: there is none), or its time is up.
    Refuse(Option<State>),
}

/// Decides about a turn of a reservation (`None`: there is none) at the time `now`.
#[must_use]
pub fn decide(reservation: Option<&Reservation>, turn: Turn, now: Timestamp) -> Decision {
    let Some(reservation) = reservation else {
        return match turn {
            Turn::Confirm => Decision::Refuse(None),
            Turn::Release => Decision::Tombstone,
            Turn::Expire => Decision::Nothing,
        };
    };
    let over = reservation.expires_at.is_some_and(|end| end <= now);
    match (turn, reservation.state) {
        (Turn::Confirm, State::Reserved) if over => Decision::Refuse(Some(State::Reserved)),
        (Turn::Confirm, State::Reserved) => Decision::Move(Transition::Confirm),
        (Turn::Confirm, State::Confirmed) => Decision::Nothing,
        (Turn::Confirm, state) => Decision::Refuse(Some(state)),
        (Turn::Release, State::Reserved) => Decision::Move(Transition::Release),
        (Turn::Release, State::Confirmed) => Decision::Move(Transition::Restock),
        (Turn::Expire, State::Reserved) if over => Decision::Move(Transition::Expire),
        (Turn::Release | Turn::Expire, _) => Decision::Nothing,
    }
}

/// What to do about putting off the end of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// Put it off to this time, which is never before the end it has, unless it is turned or put off meanwhile.
    Until(Timestamp),
    /// It was put off before, or is sold: the end it has stands.
    Stands,
    /// Too late: it is in this state (`None`: there is none), or its time is up.
    Refuse(Option<State>),
}

/// Decides about giving a reservation the time `life` from `now` on. It is put off once only, so that no shopper keeps
/// stock from others by asking again.
#[must_use]
pub fn decide_extension(reservation: Option<&Reservation>, life: SignedDuration, now: Timestamp) -> Extension {
    let Some(reservation) = reservation else { return Extension::Refuse(None) };
    let Reservation { state, expires_at, extended_at, .. } = *reservation;
    match (state, expires_at) {
        (State::Confirmed, _) => Extension::Stands,
        (State::Reserved, Some(end)) if end > now => match extended_at {
            Some(_) => Extension::Stands,
            None => Extension::Until(end_of(now, life).map_or(end, |until| until.max(end))),
        },
        (state, _) => Extension::Refuse(Some(state)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-01-01T00:00:{text}Z").parse().unwrap()
    }

    fn in_state(state: State) -> Reservation {
        Reservation {
            reservation_id: ReservationId::named(&["test"]),
            order_id: None,
            state,
            allocations: vec![],
            expires_at: Some(at("10")),
            created_at: at("00"),
            extended_at: None,
        }
    }

    #[test]
    fn given_each_state_when_turned_then_only_the_allowed_transitions_happen() {
        use Decision::{Move, Nothing, Refuse};
        for (state, confirm, release, expire) in [
            (State::Reserved, Move(Transition::Confirm), Move(Transition::Release), Nothing),
            (State::Confirmed, Nothing, Move(Transition::Restock), Nothing),
            (State::Released, Refuse(Some(State::Released)), Nothing, Nothing),
            (State::Restocked, Refuse(Some(State::Restocked)), Nothing, Nothing),
            (State::Expired, Refuse(Some(State::Expired)), Nothing, Nothing),
        ] {
            let reservation = in_state(state);
            assert_eq!(decide(Some(&reservation), Turn::Confirm, at("09.9")), confirm);
            assert_eq!(decide(Some(&reservation), Turn::Release, at("09.9")), release);
            assert_eq!(decide(Some(&reservation), Turn::Expire, at("09.9")), expire);
        }
    }

    #[test]
    fn given_the_very_end_when_turned_then_it_expires_and_is_not_confirmed() {
        let reservation = in_state(State::Reserved);
        assert_eq!(decide(Some(&reservation), Turn::Confirm, at("10")), Decision::Refuse(Some(State::Reserved)));
        assert_eq!(decide(Some(&reservation), Turn::Expire, at("10")), Decision::Move(Transition::Expire));
        assert_eq!(decide(Some(&reservation), Turn::Release, at("10")), Decision::Move(Transition::Release));
    }

    #[test]
    fn given_each_state_when_extended_then_only_an_open_one_gets_time_and_once_and_never_less() {
        let life = SignedDuration::from_secs;
        let open = in_state(State::Reserved);
        assert_eq!(decide_extension(Some(&open), life(30), at("09")), Extension::Until(at("39")));
        assert_eq!(decide_extension(Some(&open), life(0), at("09")), Extension::Until(at("10")));
        assert_eq!(decide_extension(Some(&open), life(30), at("10")), Extension::Refuse(Some(State::Reserved)));
        let again = Reservation { extended_at: Some(at("05")), ..open };
        assert_eq!(decide_extension(Some(&again), life(30), at("09")), Extension::Stands);
        assert_eq!(decide_extension(None, life(30), at("09")), Extension::Refuse(None));
        assert_eq!(decide_extension(Some(&in_state(State::Confirmed)), life(30), at("50")), Extension::Stands);
        for state in [State::Released, State::Restocked, State::Expired] {
            assert_eq!(decide_extension(Some(&in_state(state)), life(30), at("09")), Extension::Refuse(Some(state)));
        }
    }

    #[test]
    fn given_no_reservation_when_turned_then_a_release_leaves_a_tombstone() {
        assert_eq!(decide(None, Turn::Confirm, at("00")), Decision::Refuse(None));
        assert_eq!(decide(None, Turn::Release, at("00")), Decision::Tombstone);
        assert_eq!(decide(None, Turn::Expire, at("00")), Decision::Nothing);
    }

    #[test]
    fn given_a_transition_when_it_moves_stock_then_every_unit_set_aside_leaves_the_reservation_once() {
        for (path, on_hand) in [
            (vec![Transition::Reserve, Transition::Confirm], -1),
            (vec![Transition::Reserve, Transition::Release], 0),
            (vec![Transition::Reserve, Transition::Expire], 0),
            (vec![Transition::Reserve, Transition::Confirm, Transition::Restock], 0),
        ] {
            let sum = path.iter().map(|t| t.directions()).fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
            assert_eq!(sum, (on_hand, 0), "{path:?}");
        }
    }
}
