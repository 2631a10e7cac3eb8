//! Errors as problems.

use rialto_http::{Fault, Problem, code};

use crate::{
    domain::{MAX_ON_HAND, PlaceError},
    error::Error,
};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::UnknownOffer => Self::not_found().detail("no such offer"),
            Error::UnknownWarehouse => Self::not_found().detail("no such warehouse"),
            Error::UnknownTransfer => Self::not_found().detail("no such transfer"),
            Error::TransferClosed { state } => {
                Self::of(code::CONFLICT).with("state", state).detail(format!("the transfer is {}", state.as_str()))
            }
            Error::MoreThanSent { sent } => {
                Self::invalid("/quantity", Fault::OutOfRange, format!("only {sent} units were sent"))
            }
            Error::AmbiguousSku { offers } => Self::of(code::AMBIGUOUS_SKU).with("offerIds", offers),
            Error::BelowReserved { on_hand, reserved } => {
                let problem = Self::of(code::STOCK_RESERVED).with("onHand", on_hand).with("reserved", reserved);
                problem.detail(format!("{reserved} of {on_hand} units are reserved"))
            }
            Error::TooMuchStock => Self::of(code::INVALID_VALUE)
                .detail(format!("a warehouse holds at most {MAX_ON_HAND} units of an offer")),
            Error::Contended => Self::unavailable(Error::Contended),
            Error::Table(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

impl From<PlaceError> for Problem {
    fn from(error: PlaceError) -> Self {
        Self::invalid(format!("/{}", error.field), Fault::NotAllowed, error.problem)
    }
}
