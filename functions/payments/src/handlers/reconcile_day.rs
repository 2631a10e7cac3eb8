//! `payments-reconcile-day`: compares our payments of a day with each gateway's list, and looks after those whose time is
//! over.
//!
//! Of a day are the payments that began on it, and those of which money was taken, let go or given back on it, whenever
//! they began; what of them is not in the gateway's list, which goes by when a payment was made, is looked up.

use std::collections::BTreeSet;

use rialto_kernel::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Context, asking::intent};
use crate::{
    domain::{Finding, FindingKind, GatewayName, Listed, Payment, Standing, compare, overdue},
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
    /// Those of them whose time is over.
    pub overdue: usize,
    /// Differences that were written down.
    pub findings: usize,
    /// Those of them that were not known before.
    pub new: usize,
}

/// As [`reconcile_day`], and raises the function's alarm.
///
/// # Errors
/// [`Error::BooksDiffer`] when there are new findings, which are written down by then: a repeat finds no new ones. Else as
/// [`reconcile_day`].
pub async fn reconcile_or_alarm(context: &Context, input: ReconcileDay, now: Timestamp) -> Result<Reconciled, Error> {
    let done = reconcile_day(context, input, now).await?;
    if done.new > 0 { Err(Error::BooksDiffer { found: done.new }) } else { Ok(done) }
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
    let mut done =
        Reconciled { day: from.strftime("%F").to_string(), listed: 0, ours: 0, overdue: 0, findings: 0, new: 0 };
    let all = context.payments.moved_on(from).await?;
    let late = context.payments.overdue(now).await?;
    // What one gateway, or one payment, does not answer stops no other; it is told when all else has been compared.
    let mut unanswered = None;
    for gateway in context.gateways.all() {
        let mut listed = match list(gateway, from, to).await {
            Ok(listed) => listed,
            Err(error) => {
                unanswered = Some(error);
                continue;
            }
        };
        let mut ours: Vec<Payment> = all.iter().filter(|payment| payment.gateway == gateway.name()).cloned().collect();
        add_listed_elsewhere(context, &listed, &mut ours).await?;
        let late = still_late(context, &late, gateway.name(), now, &mut ours).await?;
        let refused = add_unlisted(gateway, &mut ours, &mut listed).await?;
        unanswered = refused.or(unanswered);
        done.listed = done.listed.saturating_add(listed.len());
        done.ours = done.ours.saturating_add(ours.len());
        done.overdue = done.overdue.saturating_add(late.len());
        let mut findings = compare(&ours, &listed);
        add_overdue(&late, &listed, &mut findings);
        for finding in findings {
            done.findings = done.findings.saturating_add(1);
            let kind: FindingKind = finding.kind;
            let payment = finding.payment_id.map(|id| id.to_string()).unwrap_or_default();
            tracing::error!(payment.id = payment, finding.kind = ?kind, gateway = %gateway.name(), "books differ");
            let new = context.payments.report(gateway.name(), from, finding, now).await?;
            done.new = done.new.saturating_add(usize::from(new));
        }
    }
    unanswered.map_or(Ok(done), Err)
}

/// The overdue payments of a gateway, read again, as the index may be behind; the rest of `ours` gets them, too.
async fn still_late(
    context: &Context,
    late: &[Payment],
    gateway: GatewayName,
    now: Timestamp,
    ours: &mut Vec<Payment>,
) -> Result<Vec<Payment>, Error> {
    let known: BTreeSet<_> = ours.iter().map(|payment| payment.payment_id).collect();
    let mut still = Vec::new();
    for seen in late.iter().filter(|payment| payment.gateway == gateway) {
        let payment = context.payments.load(seen.payment_id).await?;
        // What has changed has a new time.
        if let Some(payment) = payment.filter(|it| it.sequence == seen.sequence && it.due(now).is_some()) {
            if !known.contains(&payment.payment_id) {
                ours.push(payment.clone());
            }
            still.push(payment);
        }
    }
    Ok(still)
}

/// Of the overdue payments of which nothing was found, that they are overdue.
fn add_overdue(late: &[Payment], listed: &[Listed], findings: &mut Vec<Finding>) {
    let found: BTreeSet<_> = findings.iter().filter_map(|finding| finding.payment_id).collect();
    for payment in late.iter().filter(|payment| !found.contains(&payment.payment_id)) {
        let standing = listed.iter().find(|it| it.payment_id == Some(payment.payment_id));
        let standing: Option<&Standing> = standing.map(|it| &it.standing);
        findings.push(overdue(payment, standing));
    }
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
/// What cannot be looked up is not compared: nothing is known of it. The last such error is answered.
async fn add_unlisted(
    gateway: &dyn PaymentGateway,
    ours: &mut Vec<Payment>,
    listed: &mut Vec<Listed>,
) -> Result<Option<Error>, Error> {
    let known: BTreeSet<_> = listed.iter().filter_map(|it| it.payment_id).collect();
    let (mut unknown, mut refused) = (BTreeSet::new(), None);
    for payment in ours.iter().filter(|payment| payment.amount.is_some() && !known.contains(&payment.payment_id)) {
        let key = payment.key();
        match gateway.look_up(intent(payment, &key)?).await {
            Ok(Some(standing)) => listed.push(Listed { payment_id: Some(payment.payment_id), standing }),
            Ok(None) => {}
            Err(error) => {
                unknown.insert(payment.payment_id);
                refused = Some(Error::Rejected(error));
            }
        }
    }
    ours.retain(|payment| !unknown.contains(&payment.payment_id));
    Ok(refused)
}
