//! `POST /v1/events`

use rialto_http::{Caller, Customer, Fault, Problem, Request, Response, StatusCode, respond};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    BEHAVIOUR_TABLE,
    behaviour_store::BehaviourStore,
    domain::{
        Day,
        behaviour::{ActorKey, BehaviourEvent, Noted},
    },
    queue::Queue,
    salts::Salts,
};

const MOST_EVENTS: usize = 25;

/// What recording events needs.
#[derive(Debug, Clone)]
pub struct EventRecorder {
    salts: Salts,
    queue: Queue,
}

/// What a visitor did.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RecordSearchEvents)]
pub struct RecordEvents {
    /// In the order in which it happened.
    #[schema(min_items = 1, max_items = 25)]
    events: Vec<BehaviourEvent>,
}

/// How much of it was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordedSearchEvents)]
pub struct Recorded {
    /// Events that will be counted, but for repeats. Those whose query has no words, or may say who somebody is, are left out.
    #[schema(minimum = 0, maximum = 25)]
    taken: usize,
}

/// Events on their way to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventBatch {
    /// The day of it.
    pub day: Day,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: ActorKey,
    /// Whether they were logged in: only then can an order of theirs be known.
    pub shopper: bool,
    /// What they did.
    pub events: Vec<Noted>,
}

impl EventRecorder {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = BehaviourStore::new(context.table(BEHAVIOUR_TABLE)?);
        Ok(Self::over(store, Queue::of(context, "QUEUE_URL")?))
    }

    /// Over these backing services.
    #[must_use]
    pub fn over(store: BehaviourStore, queue: Queue) -> Self {
        Self { salts: Salts::new(store), queue }
    }
}

/// Takes what a visitor did with the search
///
/// For reports, ranking and suggestions; send it where your visitors agree. Answered once it waits to be counted. A visitor counts
/// once a day for a query, for a product and for a product of a query, and for no more than 300 events a day. Nothing is kept that
/// says who it was: a key that is good for a day, made of a salt that is forgotten, and no query with what looks like
/// an e-mail address or a long number.
#[utoipa::path(
    post, path = "/v1/events", operation_id = "search-record-events", tag = "search",
    request_body = RecordEvents,
    responses((status = 202, description = "They will be counted", body = Recorded)),
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
)]
pub async fn record_events(
    recorder: &EventRecorder,
    customer: Customer,
    request: Request,
) -> Result<Response, Problem> {
    let input: RecordEvents = request.json()?;
    if !(1..=MOST_EVENTS).contains(&input.events.len()) {
        return Err(Problem::invalid("/events", Fault::OutOfRange, format!("must be 1 to {MOST_EVENTS} events")));
    }
    let mut events = Vec::new();
    for (index, event) in input.events.into_iter().enumerate() {
        let noted = event.noted().map_err(|error| {
            Problem::invalid(format!("/events/{index}/{}", error.field), Fault::OutOfRange, error.problem)
        })?;
        events.extend(noted);
    }
    let taken = events.len();
    if taken > 0 {
        let (at, day) = (request.now().as_millisecond(), Day::of(request.now()));
        let salt = recorder.salts.of(day).await?;
        let (actor, shopper) = match customer {
            Customer::Shopper(shopper) => (salt.shopper(shopper.user_id), true),
            Customer::Guest(_) | Customer::New => (salt.guest(request.source_ip()), false),
        };
        recorder.queue.send(&EventBatch { day, at, actor, shopper, events }).await?;
    }
    respond::json(StatusCode::ACCEPTED, &Recorded { taken })
}

#[cfg(test)]
#[path = "record_events_tests.rs"]
mod tests;
