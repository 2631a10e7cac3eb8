//! How much is modelled, and what is deliberately wrong.

use crate::{
    asl::{Document, checkout},
    gateway::Mood,
};

/// How much is modelled, and what is deliberately wrong.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Shoppers, each of whom buys one unit.
    pub buyers: usize,
    /// Units of the one offer.
    pub units: u8,
    /// How many invocations of each buyer's are held half-way, or before their first effect, and go on at any time later.
    pub held: u8,
    /// How many runs of each buyer's are lost, and settled by another.
    pub lost: u8,
    /// How often a gateway is asked to set the amount aside.
    pub asks: u64,
    /// How gateways answer.
    pub moods: Vec<Mood>,
    /// The workflow.
    pub document: Document,
    /// What is wrong.
    pub flaw: Option<Flaw>,
}

/// Something deliberately wrong, which the model has to notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Reservations see a unit where there is none.
    StockUnseen,
    /// The sweeper takes what is sold for what is open.
    SweepsSold,
    /// A gateway takes the money at each capture, as if each came under a key of its own.
    CapturesAnew,
    /// A gateway makes a payment for each question, as if each came under a key of its own.
    ChargesAnew,
    /// A payment that is given up is not let go of, as if the gateway was not asked.
    VoidsNothing,
    /// A gateway is asked about a payment that is not on record yet.
    PaysUnrecorded,
    /// The ledger has no entry of what is sold.
    LedgerForgets,
    /// A payment that is given up again is given back again, more than was taken.
    RefundsTwice,
}

impl Bounds {
    /// The product as it is: every step answers, refuses, is killed before any of its effects, or loses its answer.
    #[must_use]
    pub fn of(buyers: usize, units: u8) -> Self {
        Self {
            buyers,
            units,
            held: 0,
            lost: 0,
            asks: 1,
            moods: vec![Mood::Well, Mood::Refuses, Mood::Unheard],
            document: checkout(),
            flaw: None,
        }
    }
}
