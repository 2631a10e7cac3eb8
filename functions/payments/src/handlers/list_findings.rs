//! `GET /v1/payment-findings`

use rialto_http::{Caller, Limit, Operator, Paging, Problem, Request, Response, respond};
use rialto_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::GatewayName,
    store::{FindingRow, Payments},
};

/// Which findings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingPaging {
    /// About payments of which gateway.
    #[param(inline)]
    gateway: GatewayName,
    /// About which UTC day.
    #[param(value_type = String, format = Date, example = "2026-11-20")]
    day: Day,
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A day as it begins in UTC, written `2026-11-20`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Day(Timestamp);

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let begins = if plain { format!("{text}T00:00:00Z").parse().ok() } else { None };
        begins.map(Self).ok_or("must be a day such as 2026-11-20")
    }
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingList {
    /// By kind.
    items: Vec<FindingRow>,
    /// For the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// How our books differ from a gateway's, with what to do about it.
///
/// Written each night for the day before, and at once where a gateway made a payment another amount than it was asked for.
#[utoipa::path(
    get, path = "/v1/payment-findings", operation_id = "payments-list-findings", tag = "payments",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(FindingPaging),
    responses((status = 200, description = "A page of findings", body = FindingList)),
)]
pub async fn list_findings(payments: &Payments, _: Operator, request: Request) -> Result<Response, Problem> {
    let FindingPaging { gateway, day: Day(day), limit, cursor } = request.query()?;
    let name = format!("GET /v1/payment-findings gateway={gateway} day={}", day.strftime("%F"));
    let list = Paging { limit, cursor }.of(name);
    let page = payments.findings_page(gateway, day, list.limit, list.after()?).await?;
    let next_cursor = list.next(page.next)?;
    respond::ok(&FindingList { items: page.items, next_cursor })
}
