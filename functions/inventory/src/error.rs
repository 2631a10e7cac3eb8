//! What inventory can refuse.

use rialto_kernel::OfferId;
use rialto_lambda::{StepError, UNAVAILABLE};
use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::{Shortage, State, TransferState};

/// Everything an inventory function can fail with.
#[derive(Debug, Error)]
pub enum Error {
    /// Too little is left of one or more offers; nothing was reserved.
    #[error("out of stock")]
    OutOfStock {
        /// What is short, and how much of it is left.
        items: Vec<Shortage>,
    },
    /// There is enough, but in more places than one transaction can draw on.
    #[error("the order draws on {allocations} stocks, more than one reservation takes")]
    TooScattered {
        /// Places needed.
        allocations: usize,
    },
    /// The reservation was ended before it was made, or has ended since.
    #[error("the reservation is {}", .state.as_str())]
    ReservationClosed {
        /// How it ended.
        state: State,
    },
    /// Too late to confirm: the time is up, or the stock was given back.
    #[error("the reservation can no longer be confirmed")]
    ReservationExpired {
        /// The state it is in; `None` when there is none.
        state: Option<State>,
    },
    /// No such offer, or another seller's.
    #[error("no such offer")]
    UnknownOffer,
    /// No such warehouse, or another seller's.
    #[error("no such warehouse")]
    UnknownWarehouse,
    /// No such transfer, or another seller's.
    #[error("no such transfer")]
    UnknownTransfer,
    /// The transfer has ended in another way.
    #[error("the transfer is {}", .state.as_str())]
    TransferClosed {
        /// How it ended.
        state: TransferState,
    },
    /// More units would arrive than were sent.
    #[error("only {sent} units were sent")]
    MoreThanSent {
        /// Units that were sent.
        sent: u32,
    },
    /// Several sellers use this SKU.
    #[error("several sellers use this SKU")]
    AmbiguousSku {
        /// Their offers.
        offers: Vec<OfferId>,
    },
    /// The stock would fall below what is set aside for orders.
    #[error("only {} units are free to be taken", .on_hand.saturating_sub(*.reserved))]
    BelowReserved {
        /// Units in the warehouse.
        on_hand: u32,
        /// Units of them that are set aside.
        reserved: u32,
    },
    /// The warehouse would hold more than [`crate::domain::MAX_ON_HAND`] units.
    #[error("a warehouse holds at most {} units of an offer", crate::domain::MAX_ON_HAND)]
    TooMuchStock,
    /// What was asked makes no sense: a bug of the caller.
    #[error("invalid request: {0}")]
    Invalid(&'static str),
    /// Others kept changing the same stock; nothing was written. The same call may succeed later.
    #[error("others kept changing the same stock")]
    Contended,
    /// The table failed.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
    /// Stock was found to differ from its ledger; the findings are written down.
    #[error("the stock of {found} offers differs from its ledger")]
    BooksDiffer {
        /// Offers with new findings.
        found: u64,
    },
    /// An event could not be written.
    #[error(transparent)]
    Event(#[from] rialto_events::MalformedEvent),
}

impl Error {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Contended => true,
            Self::Table(error) => error.is_transient(),
            _ => false,
        }
    }
}

impl StepError for Error {
    fn name(&self) -> &'static str {
        match self {
            Self::OutOfStock { .. } => "OutOfStock",
            Self::TooScattered { .. } => "ReservationTooLarge",
            Self::ReservationClosed { .. } => "ReservationClosed",
            Self::ReservationExpired { .. } => "ReservationExpired",
            Self::TooMuchStock | Self::Invalid(_) => "InvalidInput",
            _ => UNAVAILABLE,
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::OutOfStock { items } => json!({ "items": items }),
            Self::TooScattered { allocations } => json!({ "allocations": allocations }),
            Self::ReservationClosed { state } => json!({ "state": state }),
            Self::ReservationExpired { state } => json!({ "state": state }),
            _ => json!({}),
        }
    }
}
