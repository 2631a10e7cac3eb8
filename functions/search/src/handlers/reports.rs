//! The queries of a day: made each night, shown to operators.

use rialto_http::{Caller, Limit, Operator, Paging, Problem, Request, Response, respond};
use rialto_kernel::Timestamp;
use rialto_lambda::{Context, InitError, env};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    BEHAVIOUR_TABLE,
    behaviour_store::{BehaviourStore, LATE_DAYS, Report, SHARDS},
    domain::{
        Day,
        behaviour::{DayLists, Listed, ReportKind},
    },
};

/// What making reports needs.
#[derive(Debug, Clone)]
pub struct Reporter {
    store: BehaviourStore,
    least_actors: u64,
    clock: fn() -> Timestamp,
}

/// Which day to report.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct ReportTick {
    /// The day; without it, all that have ended and can still have changed since they were reported.
    #[serde(default)]
    pub day: Option<Day>,
}

/// The days that were reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// Latest first.
    pub days: Vec<Day>,
}

/// How many different visitors make a number that can be told: `LEAST_ACTORS`.
///
/// # Errors
/// When it is not set, or no number of at least 1.
pub(super) fn least_actors() -> Result<u64, InitError> {
    const NAME: &str = "LEAST_ACTORS";
    let unusable = || InitError::Unusable { name: NAME.to_owned(), reason: "no number of at least 1".to_owned() };
    env(NAME)?.parse().ok().filter(|number| *number > 0).ok_or_else(unusable)
}

impl Reporter {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = BehaviourStore::new(context.table(BEHAVIOUR_TABLE)?);
        Ok(Self::over(store, least_actors()?, rialto_lambda::now))
    }

    /// Over this store.
    #[must_use]
    pub fn over(store: BehaviourStore, least_actors: u64, clock: fn() -> Timestamp) -> Self {
        Self { store, least_actors, clock }
    }
}

/// Makes the reports of a day anew from its counts; invoked each night. Until news of a day are taken no more, each night brings
/// its report up to date. Done twice or by two at once, the later one stands.
///
/// # Errors
/// When the table fails; done again, it begins again.
pub async fn report_day(reporter: &Reporter, tick: ReportTick) -> Result<Reported, rialto_dynamo::Error> {
    let now = (reporter.clock)();
    let ended = (1..=LATE_DAYS.saturating_add(1)).map(|days| Day::of(now).before(days));
    let days: Vec<Day> = tick.day.map_or_else(|| ended.collect(), |day| vec![day]);
    for day in &days {
        let mut lists = DayLists::new(reporter.least_actors);
        for shard in 0..SHARDS {
            reporter.store.each_query(*day, shard, |totals| lists.note(&totals)).await?;
        }
        for (kind, entries) in lists.finished() {
            tracing::info!(report.day = %day, report.kind = kind.name(), report.entries = entries.len(), "day reported");
            reporter.store.keep_report(*day, kind, &Report { made_at: now, entries }).await?;
        }
    }
    Ok(Reported { days })
}

/// What showing reports needs.
#[derive(Debug, Clone)]
pub struct Reports {
    store: BehaviourStore,
}

impl Reports {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self::over(BehaviourStore::new(context.table(BEHAVIOUR_TABLE)?)))
    }

    /// Over this store.
    #[must_use]
    pub fn over(store: BehaviourStore) -> Self {
        Self { store }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// Which queries.
    #[param(inline)]
    kind: ReportKind,
    /// How many.
    #[serde(default)]
    #[param(inline, required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A page of a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchReport {
    /// When it was made: what is counted later is not in it.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// The queries, first ranks first.
    items: Vec<Listed>,
    /// Where the next page starts; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Shows the queries of a day
///
/// At most 250 of a kind, without those that fewer visitors asked than would hide who they are. Made in the night after, and brought
/// up to date for two more.
#[utoipa::path(
    get, path = "/v1/search/reports/{day}", operation_id = "search-show-report", tag = "search",
    params(("day" = String, Path, format = Date, example = "2026-11-20", description = "A day, as it begins in UTC"), ReportQuery),
    responses(
        (status = 200, description = "A page of the report", body = SearchReport),
        (status = 404, description = "No day, or one that has no report yet or no longer"),
    ),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn show_report(reports: &Reports, _: Operator, request: Request) -> Result<Response, Problem> {
    let day: Day = request.path_id("day")?;
    let ReportQuery { kind, limit, cursor } = request.query()?;
    let list = Paging { limit, cursor }.of(format!("GET /v1/search/reports/{day} kind={}", kind.name()));
    let from = list.after::<usize>()?.unwrap_or_default();
    let report = reports.store.report(day, kind).await?.ok_or_else(Problem::not_found)?;
    let to = from.saturating_add(list.limit);
    let next_cursor = list.next(Some(to).filter(|to| *to < report.entries.len()))?;
    let items = report.entries.into_iter().skip(from).take(list.limit).collect();
    respond::ok(&SearchReport { made_at: report.made_at, items, next_cursor })
}

#[cfg(test)]
#[path = "reports_tests.rs"]
mod tests;
