//! PayPal's shapes, as far as they are read.

use std::collections::BTreeMap;

use rialto_kernel::{Currency, Money};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    domain::{Listed, Standing, Stands},
    gateway::{GatewayError, RefundOutcome, minor},
};

/// Without decimals at PayPal. Source: PayPal, "Currency codes".
const NO_DECIMALS: [&str; 3] = ["HUF", "JPY", "TWD"];

/// An amount as PayPal takes it, a decimal text; `None` where it cannot hold it exactly.
pub(super) fn amount(amount: Money) -> Option<Value> {
    let code = amount.currency().code();
    let decimals = if NO_DECIMALS.contains(&code) { 0 } else { 2 };
    Some(json!({ "currency_code": code, "value": minor::decimal(amount, decimals)? }))
}

#[derive(Debug, Deserialize)]
pub(super) struct Access {
    pub(super) access_token: SecretString,
    pub(super) expires_in: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Created {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
struct PaypalMoney {
    currency_code: String,
    value: String,
}

impl PaypalMoney {
    fn money(&self) -> Option<Money> {
        let currency: Currency = self.currency_code.parse().ok()?;
        Money::parse_major(self.value.trim_start_matches('-'), currency).ok()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Order {
    id: String,
    status: String,
    #[serde(default)]
    purchase_units: Vec<Unit>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    href: String,
    rel: String,
}

#[derive(Debug, Deserialize)]
struct Unit {
    amount: PaypalMoney,
    payments: Option<Payments>,
}

#[derive(Debug, Deserialize)]
struct Payments {
    #[serde(default)]
    authorizations: Vec<Part>,
    #[serde(default)]
    captures: Vec<Part>,
    #[serde(default)]
    refunds: Vec<PaypalRefund>,
}

#[derive(Debug, Deserialize)]
struct Part {
    id: String,
    status: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaypalRefund {
    status: String,
    custom_id: Option<String>,
    amount: Option<PaypalMoney>,
}

impl PaypalRefund {
    pub(super) fn outcome(&self) -> Result<RefundOutcome, GatewayError> {
        match self.status.as_str() {
            "COMPLETED" => Ok(RefundOutcome::Done),
            "PENDING" => Ok(RefundOutcome::Pending),
            "FAILED" | "CANCELLED" => Err(GatewayError::Declined { code: "REFUND_FAILED".to_owned() }),
            _ => Err(GatewayError::unknown()),
        }
    }
}

impl Order {
    fn payments(&self) -> Option<&Payments> {
        self.purchase_units.first()?.payments.as_ref()
    }

    /// The id of what was set aside.
    pub(super) fn authorization(&self) -> Option<String> {
        self.payments()?.authorizations.last().map(|it| it.id.clone())
    }

    /// The id of what was taken.
    pub(super) fn capture(&self) -> Option<String> {
        self.payments()?.captures.last().map(|it| it.id.clone())
    }

    /// Whether PayPal would not take what was set aside. A later capture may do.
    pub(super) fn capture_was_declined(&self) -> bool {
        let last = self.payments().and_then(|it| it.captures.last());
        last.is_some_and(|it| matches!(it.status.as_str(), "DECLINED" | "FAILED"))
    }

    /// The refund that we gave this id.
    pub(super) fn refund(&self, id: &str) -> Option<&PaypalRefund> {
        self.payments()?.refunds.iter().find(|it| it.custom_id.as_deref() == Some(id))
    }

    /// How the payment stands; unknown where PayPal says what we do not know.
    pub(super) fn standing(&self) -> Result<Standing, GatewayError> {
        let unknown = || GatewayError::OutcomeUnknown { reference: Some(self.id.clone()) };
        let amount = self.purchase_units.first().and_then(|unit| unit.amount.money()).ok_or_else(unknown)?;
        let last = |parts: Option<&Vec<Part>>| parts.and_then(|it| it.last()).map(|it| it.status.clone());
        let captured = last(self.payments().map(|it| &it.captures));
        let authorised = last(self.payments().map(|it| &it.authorizations));
        let failed = || Stands::Failed { reason: "PAYMENT_DECLINED".to_owned() };
        let stands = match (captured.as_deref(), authorised.as_deref(), self.status.as_str()) {
            (Some("COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED"), ..) => Stands::Captured,
            (Some("PENDING"), ..) => Stands::Pending { received: 0 },
            // A capture that was declined leaves the authorisation as it says it is.
            (None | Some("DECLINED" | "FAILED"), Some("CREATED"), _) => Stands::Authorised,
            (None, Some("PENDING"), _) => Stands::Pending { received: 0 },
            (None, Some("DENIED"), _) => failed(),
            (None | Some("DECLINED" | "FAILED"), Some("VOIDED" | "EXPIRED"), _) => Stands::Cancelled,
            (None, None, "CREATED" | "SAVED") => Stands::Open,
            (None, None, "APPROVED") => Stands::Approved,
            (None, None, "PAYER_ACTION_REQUIRED") => {
                let link = self.links.iter().find(|link| matches!(link.rel.as_str(), "payer-action" | "approve"));
                Stands::ActionRequired { redirect: link.map(|link| link.href.clone()) }
            }
            (None, None, "VOIDED") => Stands::Cancelled,
            _ => return Err(unknown()),
        };
        let refunds = self.payments().into_iter().flat_map(|it| &it.refunds).filter(|it| it.status == "COMPLETED");
        let refunds = refunds.filter_map(|it| it.amount.as_ref()).filter_map(PaypalMoney::money);
        let refunded = refunds.fold(0_i64, |sum, money| sum.saturating_add(money.amount()));
        Ok(Standing { reference: self.id.clone(), stands, amount, refunded })
    }
}

/// A page of the transaction report.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    #[serde(default)]
    transaction_details: Vec<Transaction>,
    #[serde(default)]
    pub(super) total_pages: u32,
}

#[derive(Debug, Deserialize)]
struct Transaction {
    transaction_info: Info,
}

#[derive(Debug, Deserialize)]
struct Info {
    transaction_id: String,
    transaction_event_code: String,
    transaction_status: Option<String>,
    transaction_amount: PaypalMoney,
    custom_field: Option<String>,
    paypal_reference_id: Option<String>,
}

impl Report {
    /// What was taken (event codes T00xx), less what of it was given back on the same page (T11xx).
    pub(super) fn captured(self) -> Result<Vec<Listed>, GatewayError> {
        let mut captures: BTreeMap<String, Listed> = BTreeMap::new();
        let mut refunds = Vec::new();
        for Transaction { transaction_info: info } in self.transaction_details {
            let amount = info.transaction_amount.money().ok_or_else(GatewayError::unknown)?;
            let comes = !info.transaction_amount.value.starts_with('-');
            if info.transaction_event_code.starts_with("T00")
                && comes
                && info.transaction_status.as_deref() == Some("S")
            {
                let payment_id = info.custom_field.as_deref().and_then(|id| id.parse().ok());
                let reference = info.transaction_id.clone();
                let standing = Standing { reference, stands: Stands::Captured, amount, refunded: 0 };
                captures.insert(info.transaction_id, Listed { payment_id, standing });
            } else if info.transaction_event_code.starts_with("T11") {
                refunds.extend(info.paypal_reference_id.map(|capture| (capture, amount)));
            }
        }
        for (capture, amount) in refunds {
            if let Some(listed) = captures.get_mut(&capture) {
                listed.standing.refunded = listed.standing.refunded.saturating_add(amount.amount());
            }
        }
        Ok(captures.into_values().collect())
    }
}
