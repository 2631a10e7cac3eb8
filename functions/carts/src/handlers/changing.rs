//! The way every change of a cart goes: read, decide, write if nobody was first, else again.

use rialto_http::{IfMatch, Problem, Request, Response, StatusCode};
use rialto_kernel::{EventId, Timestamp};

use super::{pause, problem::problem, visitor::Visitor};
use crate::{
    CartError,
    domain::{CartView, Change, Owner},
    store::{Opened, Store},
};

/// Each try loses only to one that succeeded, so this many requests at once on one cart all get through.
const ATTEMPTS: u64 = 25;

/// Carries out a change that is the same when repeated, and answers with the cart. `pointer` is where the body names
/// the line or offer.
pub(super) async fn changed(
    store: &Store,
    visitor: &Visitor,
    request: &Request,
    wanted: &Change,
    pointer: Option<&str>,
) -> Result<Response, Problem> {
    let cart = change(store, &visitor.owner, wanted, None, request.if_match().as_ref(), request.now()).await;
    visitor.answer(StatusCode::OK, cart.map_err(|error| problem(error, pointer))?)
}

/// Carries out a change; one that has the id of an adding happens once, however often it is tried.
pub(super) async fn change(
    store: &Store,
    owner: &Owner,
    wanted: &Change,
    adding: Option<EventId>,
    if_match: Option<&IfMatch>,
    now: Timestamp,
) -> Result<CartView, CartError> {
    for attempt in 0..ATTEMPTS {
        pause(attempt).await;
        let Opened { mut cart, found, mut offers, added } =
            store.open(owner.cart_id(), wanted.wanted().as_ref(), adding, now).await?;
        let needed: Vec<_> = cart.lines.iter().map(|line| line.offer_id).chain(found.iter().copied()).collect();
        store.add_offers(&mut offers, needed).await?;
        let was = cart.version;
        if !added {
            if let Some(if_match) = if_match {
                if_match.admit(was).map_err(|_| CartError::VersionMismatch)?;
            }
            wanted.apply(&mut cart, &found, &offers, now)?;
        }
        let view = CartView::of(&cart, &offers);
        if cart.version == was {
            return Ok(view);
        }
        let note = adding.map(|adding| store.noting(adding, now)).transpose()?;
        if store.save(&cart, was, now + owner.cart_life(), note).await? {
            return Ok(view);
        }
    }
    Err(CartError::Busy)
}
