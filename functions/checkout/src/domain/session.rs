//! A checkout in two steps, between its opening and its end.
//!
//! | | open | change | pay | give up | time is up |
//! |---|---|---|---|---|---|
//! | OPENING | OPEN | busy | busy | busy | - |
//! | OPEN | done, if of this turn | CHANGING | PAYING | CANCELLED | EXPIRED |
//! | CHANGING | OPEN, next turn | done, if the same; else busy | busy | busy | - |
//! | PAYING | OPEN, next turn, when refused | being paid | done, if the same; else being paid | being paid | - |
//! | CANCELLED, EXPIRED | - | over | over | done | done |
//!
//! Shopper, clock and sweeper decide by one write each, on the condition that the session is as they read it: of payment,
//! expiry and giving up exactly one wins. The workflow only reads what was decided, whatever woke it.
//!
//! A session can be changed in its first 100 turns, and 20 of its payments can be refused: each turn is about 30 entries in the
//! history of the workflow's run, which can hold 25,000. All of those refusals are remembered, so that none of their requests
//! pays when it comes again.

use rialto_kernel::{Address, AddressId, EventId, Money, OrderLine, Timestamp, Totals};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use utoipa::ToSchema;

use super::ShippingOption;

/// The last turn that can be changed.
const MOST_CHANGES: u64 = 100;
/// How many payments can be refused before the session can only be given up.
const MOST_REFUSED: usize = 20;
/// How many sleeps of one turn are remembered. A turn has one, but for errors of the workflow's.
const MOST_TOKENS: usize = 8;

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// It is being priced and reserved.
    Opening,
    /// It waits for the shopper.
    Open,
    /// Address or shipping option are being changed.
    Changing,
    /// It is being paid.
    Paying,
    /// Given up by the shopper.
    Cancelled,
    /// Its time ran out.
    Expired,
}

/// What a session shows of its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// What is bought, with each line's share.
    pub lines: Vec<OrderLine>,
    /// What it costs.
    pub totals: Totals,
    /// Where it goes; absent until the shopper says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// How it is sent.
    pub shipping_option: ShippingOption,
}

/// What the shopper decided, for the workflow to act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", rename_all_fields = "camelCase")]
pub enum Decision {
    /// Another address or shipping option.
    Change {
        /// A stored address.
        #[serde(default)]
        address_id: Option<AddressId>,
        /// Another option.
        #[serde(default)]
        option: Option<ShippingOption>,
    },
    /// To pay.
    Pay {
        /// Which request: the same one may come again.
        by: EventId,
        /// With what.
        payment_method_id: String,
        /// A stored address.
        #[serde(default)]
        address_id: Option<AddressId>,
        /// What the client believes it costs.
        #[serde(default)]
        expected_total: Option<Money>,
    },
}

/// Why a decision of a turn could not be acted on. The session is open again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The turn whose decision it was.
    pub turn: u64,
    /// When it was refused.
    pub at: Timestamp,
    /// The request, when it was to pay: it must not pay another total when it comes again.
    #[serde(default)]
    pub by: Option<EventId>,
    /// The error's name.
    pub error: String,
    /// What the step told with it.
    pub detail: Value,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Where it is.
    pub phase: Phase,
    /// How often it was opened: 0 until it is priced and reserved, then one more with each change. Its entity tag.
    pub turn: u64,
    /// Until when it can be paid.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// Its price.
    #[serde(default)]
    pub quote: Option<Quote>,
    /// What was decided in this turn.
    #[serde(default)]
    pub decision: Option<Decision>,
    /// Every payment that was refused, and the last change that was; oldest first.
    #[serde(default)]
    pub refusals: Vec<Refusal>,
    /// What wakes the workflow; empty until it sleeps in this turn. Of several only one does, and waking the others does no
    /// harm, so that one which arrives late displaces none.
    #[serde(default)]
    pub tokens: Vec<String>,
}

/// What someone wants of a session.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// The workflow: what was decided in `turn` is done, or could not be.
    Open {
        /// The turn that ends; 0 for the first opening.
        turn: u64,
        /// The price from now on.
        quote: Box<Quote>,
        /// Until when it can be paid.
        expires_at: Timestamp,
        /// Why it could not be done.
        refusal: Option<(String, Value)>,
    },
    /// The workflow: this wakes it.
    Sleep {
        /// In which turn it sleeps. What arrives from another is too late.
        turn: u64,
        /// The task's token.
        token: String,
    },
    /// The shopper, who saw `turn`.
    Decide {
        /// The turn that was seen; none where it does not matter.
        turn: Option<u64>,
        /// What is wanted.
        decision: Decision,
    },
    /// The shopper.
    GiveUp,
    /// The clock: the workflow's or the sweeper's.
    TimeIsUp,
}

/// Why a session does not do as wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unfit {
    /// The workflow is at it: ask again.
    #[error("the session is being worked on")]
    Busy,
    /// Another payment is under way.
    #[error("the session is being paid")]
    BeingPaid,
    /// It was changed, or its payment refused, as often as it can be.
    #[error("the session has had too many turns")]
    TooMany,
    /// It was changed since it was seen.
    #[error("the session has changed")]
    Changed,
    /// The same payment was refused before.
    #[error("the payment was refused")]
    Refused,
    /// It was given up.
    #[error("the session was given up")]
    Cancelled,
    /// Its time is up.
    #[error("the session has expired")]
    Expired,
}

impl Session {
    /// A session that is being opened.
    #[must_use]
    pub fn opening() -> Self {
        Self {
            phase: Phase::Opening,
            turn: 0,
            expires_at: None,
            quote: None,
            decision: None,
            refusals: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// Why the decision of a turn was refused, if it was.
    #[must_use]
    pub fn refusal_of(&self, turn: u64) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.turn == turn)
    }

    /// Why this request's payment was refused, if it was.
    #[must_use]
    pub fn refusal_by(&self, by: EventId) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.by == Some(by))
    }

    /// Whether its time is up at `now`.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    /// The session after the wish; none when it is so already.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn after(&self, wish: Wish, now: Timestamp) -> Result<Option<Self>, Unfit> {
        match wish {
            Wish::Open { turn, quote, expires_at, refusal } => {
                let refusal =
                    refusal.map(|(error, detail)| Refusal { turn, at: now, by: self.payment(), error, detail });
                Ok(self.opened(turn, *quote, expires_at, refusal))
            }
            Wish::Sleep { turn, .. } if turn != self.turn => Ok(None),
            Wish::Sleep { token, .. } if self.tokens.contains(&token) => Ok(None),
            Wish::Sleep { token, .. } => Ok(Some(self.asleep(token))),
            Wish::Decide { turn, decision } => self.decided(turn, decision, now),
            Wish::GiveUp => match self.phase {
                Phase::Cancelled | Phase::Expired => Ok(None),
                _ => self.may_end().map(|()| Some(self.ended(Phase::Cancelled))),
            },
            Wish::TimeIsUp if self.phase == Phase::Open && self.is_late(now) => Ok(Some(self.ended(Phase::Expired))),
            Wish::TimeIsUp => Ok(None),
        }
    }

    fn asleep(&self, token: String) -> Self {
        let mut tokens = self.tokens.clone();
        tokens.push(token);
        tokens.drain(..tokens.len().saturating_sub(MOST_TOKENS));
        Self { tokens, ..self.clone() }
    }

    fn opened(&self, turn: u64, quote: Quote, expires_at: Timestamp, refusal: Option<Refusal>) -> Option<Self> {
        let mine = self.turn == turn && matches!(self.phase, Phase::Opening | Phase::Changing | Phase::Paying);
        let mut refusals = self.refusals.clone();
        if let Some(refusal) = refusal {
            refusals.retain(|earlier| earlier.by.is_some());
            refusals.push(refusal);
        }
        mine.then(|| Self {
            phase: Phase::Open,
            turn: turn.saturating_add(1),
            expires_at: Some(expires_at),
            quote: Some(quote),
            decision: None,
            refusals,
            tokens: Vec::new(),
        })
    }

    fn decided(&self, turn: Option<u64>, decision: Decision, now: Timestamp) -> Result<Option<Self>, Unfit> {
        if let Decision::Pay { by, .. } = &decision {
            if self.is_paid_by(*by) {
                return Ok(None);
            }
            if self.refusal_by(*by).is_some() {
                return Err(Unfit::Refused);
            }
        }
        // One's own change whose answer was lost, or another's that is the same.
        let same = self.decision.as_ref() == Some(&decision) && turn.is_none_or(|seen| seen == self.turn);
        if self.phase == Phase::Changing && same {
            return Ok(None);
        }
        self.may_end()?;
        if turn.is_some_and(|seen| seen != self.turn) {
            return Err(Unfit::Changed);
        }
        if self.is_late(now) {
            return Err(Unfit::Expired);
        }
        let (phase, too_many) = match decision {
            Decision::Change { .. } => (Phase::Changing, self.turn > MOST_CHANGES),
            Decision::Pay { .. } => {
                (Phase::Paying, self.refusals.iter().filter(|it| it.by.is_some()).count() >= MOST_REFUSED)
            }
        };
        if too_many {
            return Err(Unfit::TooMany);
        }
        Ok(Some(Self { phase, decision: Some(decision), ..self.clone() }))
    }

    /// Whether this request's payment was the decision.
    #[must_use]
    pub fn is_paid_by(&self, by: EventId) -> bool {
        self.payment() == Some(by)
    }

    fn payment(&self) -> Option<EventId> {
        match self.decision {
            Some(Decision::Pay { by, .. }) => Some(by),
            _ => None,
        }
    }

    /// Only what is open can be decided on.
    fn may_end(&self) -> Result<(), Unfit> {
        match self.phase {
            Phase::Open => Ok(()),
            Phase::Opening | Phase::Changing => Err(Unfit::Busy),
            Phase::Paying => Err(Unfit::BeingPaid),
            Phase::Cancelled => Err(Unfit::Cancelled),
            Phase::Expired => Err(Unfit::Expired),
        }
    }

    fn ended(&self, phase: Phase) -> Self {
        Self { phase, ..self.clone() }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
