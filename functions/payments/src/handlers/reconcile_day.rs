//! `payments-reconcile-day`: compares our payments of a day with each gateway's list.

use std::collections::BTreeSet;

use rialto_kernel::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Context, asking::intent};
use crate::{
    domain::{FindingKind, Listed, Payment, compare},
    error::Error,
    gateway::PaymentGateway,
};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Which day; the schedule says none.
#[derive(Debug, Default, Deserialize)]
pub struct ReconcileDay {
    /// A time in the UTC day; without it the day before.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// What was compared.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reconciled {
    /// The UTC day.
    pub day: String,
    /// Payments in the gateways' lists.
    pub listed: usize,
    /// Our payments that were compared.
    pub ours: usize,
    /// Differences that were written down.
    pub findings: usize,
}

/// Writes each difference as a finding with what a person should do about it; it mends nothing by itself. Safe to repeat:
/// the same difference is the same finding.
///
/// # Errors
/// When a gateway or the database did not answer; findings written until then stay.
pub async fn reconcile_day(context: &Context, input: ReconcileDay, now: Timestamp) -> Result<Reconciled, Error> {
    let at = input.at.or_else(|| now.checked_sub(DAY).ok()).unwrap_or(now);
    let from = start_of_day(at);
    let to = from.checked_add(DAY).unwrap_or(from);
    let mut done = Reconciled { day: from.strftime("%F").to_string(), listed: 0, ours: 0, findings: 0 };
    let all = context.payments.of_day(from).await?;
    for gateway in context.gateways.all() {
        let mut listed = list(gateway, from, to).await?;
        let mut ours: Vec<Payment> = all.iter().filter(|payment| payment.gateway == gateway.name()).cloned().collect();
        add_listed_elsewhere(context, &listed, &mut ours).await?;
        add_unlisted(gateway, &ours, &mut listed).await?;
        done.listed = done.listed.saturating_add(listed.len());
        done.ours = done.ours.saturating_add(ours.len());
        for finding in compare(&ours, &listed) {
            done.findings = done.findings.saturating_add(1);
            let kind: FindingKind = finding.kind;
            let payment = finding.payment_id.map(|id| id.to_string()).unwrap_or_default();
            tracing::error!(payment.id = payment, finding.kind = ?kind, gateway = %gateway.name(), "books differ");
            context.payments.report(gateway.name(), from, finding, now).await?;
        }
    }
    Ok(done)
}

fn start_of_day(at: Timestamp) -> Timestamp {
    let seconds = at.as_second().div_euclid(DAY.as_secs()).saturating_mul(DAY.as_secs());
    Timestamp::from_second(seconds).unwrap_or(at)
}

async fn list(gateway: &dyn PaymentGateway, from: Timestamp, to: Timestamp) -> Result<Vec<Listed>, Error> {
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = gateway.list(from, to, after).await.map_err(Error::Rejected)?;
        listed.extend(page.payments);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(listed),
        }
    }
}

/// A payment that began before midnight can be in the gateway's list of the day after.
async fn add_listed_elsewhere(context: &Context, listed: &[Listed], ours: &mut Vec<Payment>) -> Result<(), Error> {
    let known: BTreeSet<_> = ours.iter().map(|payment| payment.payment_id).collect();
    let others: BTreeSet<_> = listed.iter().filter_map(|it| it.payment_id).filter(|id| !known.contains(id)).collect();
    for id in others {
        ours.extend(context.payments.load(id).await?);
    }
    Ok(())
}

/// The same the other way round: before a payment is said to be missing, it is looked up.
async fn add_unlisted(gateway: &dyn PaymentGateway, ours: &[Payment], listed: &mut Vec<Listed>) -> Result<(), Error> {
    let known: BTreeSet<_> = listed.iter().filter_map(|it| it.payment_id).collect();
    for payment in ours.iter().filter(|payment| payment.amount.is_some() && !known.contains(&payment.payment_id)) {
        let key = payment.key();
        if let Some(standing) = gateway.look_up(intent(payment, &key)?).await.map_err(Error::Rejected)? {
            listed.push(Listed { payment_id: Some(payment.payment_id), standing });
        }
    }
    Ok(())
}
