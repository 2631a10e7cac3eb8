//! Comparing our payments of a day with the gateway's.

use std::collections::BTreeMap;

use rialto_kernel::{Money, PaymentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payment::{Payment, State},
    refund::RefundState,
    settle::{Standing, Stands},
};

/// A payment in the gateway's list of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Our payment, where the gateway knows of one.
    pub payment_id: Option<PaymentId>,
    /// How it stands there.
    pub standing: Standing,
}

/// How the books differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// We count on money that the gateway knows nothing of.
    MissingAtGateway,
    /// The gateway holds or took money that we know nothing of.
    UnknownToUs,
    /// The gateway holds or took money for a payment that is over with us.
    NotGivenBack,
    /// The gateway has two or more that hold or took money for one payment.
    Twice,
    /// The amounts or currencies differ.
    AmountDiffers,
    /// The gateway took the money, and we have not recorded it.
    CaptureNotRecorded,
    /// We recorded money as taken that the gateway has not taken.
    NotCaptured,
    /// Other sums were given back.
    RefundsDiffer,
    /// Nobody has learnt yet what became of it.
    Unsettled,
    /// Others still have to act on it, though its time is over.
    WaitsTooLong,
    /// It is set aside, and has neither been taken nor given up in its time: its checkout may have died.
    HeldTooLong,
}

impl FindingKind {
    /// What a person should do about it. Nothing is mended by itself.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::MissingAtGateway => "look the payment up at the gateway by its key; if it is absent, hold the order",
            Self::UnknownToUs => "find out who asked for it; if nobody did, void or refund it at the gateway",
            Self::NotGivenBack => "void the payment again, which cancels or refunds it at the gateway",
            Self::Twice => "refund all but the one on record at the gateway",
            Self::AmountDiffers => {
                "compare the order's total; if the payment is not voided, refund or collect the difference"
            }
            Self::CaptureNotRecorded => "apply the payment's standing; if the order is closed, void the payment",
            Self::NotCaptured => "capture at the gateway before the authorisation ends, else hold the order",
            Self::RefundsDiffer => "compare the refunds one by one; record or repeat the one that differs",
            Self::Unsettled => "apply the payment's standing at the gateway",
            Self::WaitsTooLong => "see that the order is closed and void the payment, so that nothing comes late",
            Self::HeldTooLong => "if the order is confirmed, capture the payment; else close the order and void it",
        }
    }
}

/// A difference between our books and the gateway's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How they differ.
    pub kind: FindingKind,
    /// Our payment, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// The gateway's id of it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What we have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Money>,
    /// What they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Money>,
    /// What a person should do about it.
    pub action: String,
}

/// Every difference between one gateway's payments on our side and on its own. Both lists hold every payment that is in the
/// other, if it exists: midnight and slow clocks put some on another day.
#[must_use]
pub fn compare(ours: &[Payment], theirs: &[Listed]) -> Vec<Finding> {
    let mut listed: BTreeMap<PaymentId, Vec<&Standing>> = BTreeMap::new();
    let mut findings = Vec::new();
    for entry in theirs {
        match entry.payment_id {
            Some(id) => listed.entry(id).or_default().push(&entry.standing),
            None if holds_money(&entry.standing) => findings.push(stranger(None, &entry.standing)),
            None => {}
        }
    }
    for payment in ours {
        let standings = listed.remove(&payment.payment_id).unwrap_or_default();
        let holding: Vec<_> = standings.iter().copied().filter(|standing| holds_money(standing)).collect();
        let own = standings.iter().copied().find(|standing| Some(&standing.reference) == payment.reference.as_ref());
        // The one on record is right; where it is not among them, the first one is.
        let right = own.filter(|own| holding.contains(own)).or(holding.first().copied());
        let others = holding.iter().filter(|other| Some(**other) != right);
        findings.extend(others.map(|other| finding(FindingKind::Twice, payment, Some(other))));
        match own.or(holding.first().copied()).or(standings.first().copied()) {
            Some(standing) => findings.extend(differences(payment, standing)),
            None => findings.extend(absence(payment).map(|kind| finding(kind, payment, None))),
        }
    }
    for (id, standings) in listed {
        let holding = standings.into_iter().filter(|standing| holds_money(standing));
        findings.extend(holding.map(|standing| stranger(Some(id), standing)));
    }
    findings
}

fn differences(payment: &Payment, standing: &Standing) -> Vec<Finding> {
    let mut kinds = Vec::new();
    let holds = holds_money(standing);
    if holds && payment.amount.is_some_and(|amount| amount != standing.amount) {
        kinds.push(FindingKind::AmountDiffers);
    }
    match payment.state {
        State::Failed | State::Voided if holds => kinds.push(FindingKind::NotGivenBack),
        State::Authorising | State::Voiding => kinds.push(FindingKind::Unsettled),
        State::ActionRequired | State::Pending if holds => kinds.push(FindingKind::Unsettled),
        State::Authorised if standing.stands == Stands::Captured => kinds.push(FindingKind::CaptureNotRecorded),
        State::Captured if standing.stands != Stands::Captured => kinds.push(FindingKind::NotCaptured),
        State::Captured if payment.refunded() != standing.refunded => kinds.push(FindingKind::RefundsDiffer),
        State::Captured if payment.refunds.values().any(|it| it.state == RefundState::Started) => {
            kinds.push(FindingKind::Unsettled);
        }
        _ => {}
    }
    kinds.into_iter().map(|kind| finding(kind, payment, Some(standing))).collect()
}

/// A payment whose time is over ([`Payment::due`]) and of which nothing else was found.
#[must_use]
pub fn overdue(payment: &Payment, standing: Option<&Standing>) -> Finding {
    let kind = match payment.state {
        State::ActionRequired | State::Pending => FindingKind::WaitsTooLong,
        State::Authorised | State::CaptureRefused => FindingKind::HeldTooLong,
        _ => FindingKind::Unsettled,
    };
    finding(kind, payment, standing)
}

impl Finding {
    /// The gateway made a payment another amount than was asked for.
    #[must_use]
    pub fn amount_differs(payment: &Payment, reference: &str, theirs: Money) -> Self {
        let reference = Some(reference.to_owned());
        Self { reference, theirs: Some(theirs), ..finding(FindingKind::AmountDiffers, payment, None) }
    }
}

/// Whether the gateway holds money, or has taken some that it has not given back.
fn holds_money(standing: &Standing) -> bool {
    match standing.stands {
        Stands::Authorised => true,
        Stands::Captured => standing.refunded < standing.amount.amount(),
        _ => false,
    }
}

/// What it means that the gateway does not know a payment.
fn absence(payment: &Payment) -> Option<FindingKind> {
    match payment.state {
        State::Authorised | State::Captured | State::CaptureRefused => Some(FindingKind::MissingAtGateway),
        State::Authorising | State::Voiding => Some(FindingKind::Unsettled),
        _ => None,
    }
}

fn finding(kind: FindingKind, payment: &Payment, standing: Option<&Standing>) -> Finding {
    let reference = standing.map(|standing| standing.reference.clone()).or_else(|| payment.reference.clone());
    let (mut ours, mut theirs) = (payment.amount, standing.map(|standing| standing.amount));
    if kind == FindingKind::RefundsDiffer {
        ours = ours.map(|amount| Money::new(payment.refunded(), amount.currency()));
        theirs = standing.map(|standing| Money::new(standing.refunded, standing.amount.currency()));
    }
    let action = kind.action().to_owned();
    Finding { kind, payment_id: Some(payment.payment_id), reference, ours, theirs, action }
}

fn stranger(payment_id: Option<PaymentId>, standing: &Standing) -> Finding {
    let kind = FindingKind::UnknownToUs;
    let (reference, theirs) = (Some(standing.reference.clone()), Some(standing.amount));
    Finding { kind, payment_id, reference, ours: None, theirs, action: kind.action().to_owned() }
}

#[cfg(test)]
mod tests;
