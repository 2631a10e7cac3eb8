//! `Idempotency-Key`: the same request, sent again, has one effect and one answer.
//!
//! Before any effect a row is put under `IDEM#<hash of caller, function and key>`, `IDEM`, in the service's own table,
//! with the ids that the request will create. A repeat finds the row: it gets the stored answer; or 409 while the first
//! runs; or, when the first has died and its lease ended, it runs with the same ids. So effects must be idempotent by
//! their ids. Answers 2xx, 402 and 409 are stored for 24 hours; after any other 4xx the key is free again, and after a
//! 5xx the ids are kept and the next request takes over at once.
//!
//! | Operation | Keys | Write units |
//! |---|---|---|
//! | [`begin`]: put if absent, alone or with the caller's first writes | `IDEM#..`, `IDEM` | 1 (2 in a transaction) |
//! | take over: update if the owner is unchanged | the same | 1 |
//! | [`Running::complete`]: update or delete if still the owner | the same | 1 a KB of the answer |

mod key;
mod row;

pub use key::{Accepted, Required};

use rialto_dynamo::{Error, Put, Reason, Table, Update, Write, cond, mutants};
use rialto_kernel::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{caller::Caller, code, problem::Problem, request::Request, response::Response};
use row::{Row, State};

/// Longer than any function behind the gateway may run (29 s), so the first request is dead when its lease ends.
const LEASE_SECONDS: i64 = 30;
const KEPT_SECONDS: i64 = 24 * 60 * 60;
const ASK_AGAIN_SECONDS: u64 = 1;

/// What became of a request that was about to begin.
#[derive(Debug)]
pub enum Begun<I> {
    /// Go on, with these ids, and complete it.
    Running(Running<I>),
    /// It was done before; this is its answer.
    Replayed(Response),
    /// A condition of the writes that came with it was not met; nothing was written. Positions are those of `first`.
    Refused(Error),
}

/// A request that has begun and holds its lease.
#[derive(Debug)]
pub struct Running<I> {
    /// The ids to work on: those that were drawn now, or those of an earlier run that did not finish.
    pub ids: I,
    /// Whether an earlier run began with these ids, so that part of the effect may be there.
    pub resumed: bool,
    /// Where the key is kept; `None` where it is not.
    held: Option<Held>,
    /// For the problem's text.
    path: String,
    request_id: String,
}

#[derive(Debug)]
struct Held {
    table: Table,
    row: rialto_dynamo::Key,
    owner: String,
    expires: i64,
}

/// Performs an effect once a key: `effect` gets the ids to create things under.
///
/// # Errors
/// 400 without a usable key, 409 while the first request runs, 422 for another request with this key, and what `effect`
/// fails with.
pub async fn perform<C, I, F, Fut>(
    table: &Table,
    request: &Request,
    caller: &C,
    ids: I,
    effect: F,
) -> Result<Response, Problem>
where
    C: Caller,
    I: Serialize + DeserializeOwned,
    F: FnOnce(I) -> Fut,
    Fut: Future<Output = Result<Response, Problem>>,
{
    key::required(request)?;
    perform_if_keyed(table, request, caller, ids, effect).await
}

/// As [`perform`], where a key is accepted but not required; without one, `effect` simply runs.
///
/// # Errors
/// As [`perform`].
pub async fn perform_if_keyed<C, I, F, Fut>(
    table: &Table,
    request: &Request,
    caller: &C,
    ids: I,
    effect: F,
) -> Result<Response, Problem>
where
    C: Caller,
    I: Serialize + DeserializeOwned,
    F: FnOnce(I) -> Fut,
    Fut: Future<Output = Result<Response, Problem>>,
{
    perform_scoped(table, request, caller.scope(), ids, effect).await
}

async fn perform_scoped<I, F, Fut>(
    table: &Table,
    request: &Request,
    scope: Option<String>,
    ids: I,
    effect: F,
) -> Result<Response, Problem>
where
    I: Serialize + DeserializeOwned,
    F: FnOnce(I) -> Fut,
    Fut: Future<Output = Result<Response, Problem>>,
{
    match begin_if_keyed(table, request, scope, ids, Vec::new()).await? {
        Begun::Running(running) => {
            let (ids, rest) = running.split();
            rest.complete(effect(ids).await).await
        }
        Begun::Replayed(response) => Ok(response),
        Begun::Refused(error) => Err(error.into()),
    }
}

/// As [`perform_if_keyed`], for callers whom nothing tells apart but what they say, and for a body that holds a secret.
///
/// Keys are those of `whose`, such as the e-mail that is asked for: a stranger's key is another one. The fingerprint, which is
/// kept for a day, is of `public` and not of the body. Whether the secret is the same again is for the caller to say when the
/// answer is a replay.
///
/// # Errors
/// As [`perform`].
pub async fn perform_with_secret_if_keyed<I, F, Fut>(
    table: &Table,
    request: &Request,
    public: &impl Serialize,
    whose: &str,
    ids: I,
    effect: F,
) -> Result<Response, Problem>
where
    I: Serialize + DeserializeOwned,
    F: FnOnce(I) -> Fut,
    Fut: Future<Output = Result<Response, Problem>>,
{
    let body = serde_json::to_vec(public).map_err(Problem::internal)?;
    perform_scoped(table, &Request { body, ..request.clone() }, Some(format!("said {whose}")), ids, effect).await
}

/// Begins a request whose key is required, with its `first` writes in the same transaction. When the request is resumed,
/// they were made by the run that began it. At most 99 writes, none on the key's row.
///
/// # Errors
/// 400 without a usable key, 409 while the first request runs, 422 for another request with this key.
pub async fn begin<C, I>(
    table: &Table,
    request: &Request,
    caller: &C,
    ids: I,
    first: Vec<Write>,
) -> Result<Begun<I>, Problem>
where
    C: Caller,
    I: Serialize + DeserializeOwned,
{
    key::required(request)?;
    begin_if_keyed(table, request, caller.scope(), ids, first).await
}

async fn begin_if_keyed<I>(
    table: &Table,
    request: &Request,
    scope: Option<String>,
    ids: I,
    first: Vec<Write>,
) -> Result<Begun<I>, Problem>
where
    I: Serialize + DeserializeOwned,
{
    let Some((row_key, fingerprint)) = key::of(request, scope)? else {
        if !first.is_empty() {
            table.transact(first).await?;
        }
        return Ok(Begun::Running(Running::unkept(ids, request)));
    };
    let now = request.now();
    let row = Row::begun(&ids, fingerprint, rialto_chance::uuid().to_string(), now)?;
    let held = Held { table: table.clone(), row: row_key, owner: row.owner.clone(), expires: row.ttl };
    let Some(refusal) = held.put(&row, now, first).await? else {
        return Ok(Begun::Running(Running::kept(ids, false, held, request)));
    };
    match refusal {
        Refusal::First(error) => Ok(Begun::Refused(error)),
        Refusal::Row(found) => held.meet(found, &row, ids, request).await,
    }
}

/// Why a beginning was refused: the row is there, or a condition of the first writes was not met.
enum Refusal {
    Row(Option<Row>),
    First(Error),
}

impl Held {
    async fn put(&self, row: &Row, now: Timestamp, first: Vec<Write>) -> Result<Option<Refusal>, Problem> {
        // DynamoDB removes expired rows late.
        let free = cond::any([cond::absent("pk"), cond::le("ttl", now.as_second())]);
        let put = Put::new(&self.row, row)?.when(free);
        let written = if first.is_empty() {
            self.table.put(put).await
        } else {
            self.table.transact(std::iter::once(Write::Put(put)).chain(first).collect()).await
        };
        match written {
            Ok(()) => Ok(None),
            Err(error) if error.failed_conditions().contains(&0) => Ok(Some(Refusal::Row(error.failed_item(0)?))),
            Err(Error::Cancelled { reasons }) => Ok(Some(Refusal::First(without_first(reasons)))),
            Err(error) => Err(error.into()),
        }
    }

    /// There is a row already.
    async fn meet<I>(self, found: Option<Row>, new: &Row, ids: I, request: &Request) -> Result<Begun<I>, Problem>
    where
        I: DeserializeOwned,
    {
        // Without the row we cannot say more than that someone else is at it.
        let Some(found) = found else { return Err(in_flight()) };
        if mutants::guard(found.owner == new.owner) {
            // Our own put, sent again because its answer was lost.
            return Ok(Begun::Running(Running::kept(ids, false, self, request)));
        }
        if mutants::guard(found.fingerprint != new.fingerprint) {
            return Err(Problem::of(code::IDEMPOTENCY_MISMATCH));
        }
        if mutants::guard(found.state == State::Done) {
            return Ok(Begun::Replayed(found.answer()?));
        }
        if mutants::guard(found.lease_until > request.now().as_millisecond()) {
            return Err(in_flight());
        }
        let ids = found.ids()?;
        self.take_over(&found, new).await?;
        Ok(Begun::Running(Running::kept(ids, true, self, request)))
    }

    async fn take_over(&self, found: &Row, new: &Row) -> Result<(), Problem> {
        let update = Update::of(self.row.clone())
            .set("owner", new.owner.as_str())
            .set("leaseUntil", new.lease_until)
            .set("ttl", new.ttl)
            .when(cond::eq("owner", found.owner.as_str()));
        self.table
            .update(update)
            .await
            .map_err(|error| if error.condition_failed() { in_flight() } else { error.into() })
    }
}

impl<I> Running<I> {
    fn kept(ids: I, resumed: bool, held: Held, request: &Request) -> Self {
        Self { resumed, held: Some(held), ..Self::unkept(ids, request) }
    }

    fn unkept(ids: I, request: &Request) -> Self {
        let (path, request_id) = (request.path().to_owned(), request.id().to_owned());
        Self { ids, resumed: false, held: None, path, request_id }
    }

    fn split(self) -> (I, Running<()>) {
        let Self { ids, resumed, held, path, request_id } = self;
        (ids, Running { ids: (), resumed, held, path, request_id })
    }

    /// Stores the outcome, or frees the key, and answers. When that cannot be written the answer is given all the same: a
    /// repeat will then do the effect again, under the same ids.
    ///
    /// # Errors
    /// The outcome's own problem, unless it was stored as an answer.
    pub async fn complete(self, outcome: Result<Response, Problem>) -> Result<Response, Problem> {
        let Some(held) = self.held else { return outcome };
        let mine = cond::eq("owner", held.owner.as_str());
        let outcome = match outcome {
            Err(problem) if is_outcome(&problem) => Ok(problem.respond(&self.path, &self.request_id)),
            other => other,
        };
        let written = match &outcome {
            Ok(response) => match row::done(held.row.clone(), response, held.expires) {
                Some(update) => held.table.update(update.when(mine)).await,
                None => Ok(()),
            },
            Err(problem) if problem.is_ours() => {
                held.table.update(Update::of(held.row.clone()).set("leaseUntil", 0).when(mine)).await
            }
            Err(_) => held.table.delete(rialto_dynamo::Delete::of(held.row.clone()).when(mine)).await,
        };
        match written {
            // Another request took over under the same ids: its outcome will be the one that is kept.
            Err(error) if !error.condition_failed() => {
                tracing::warn!(error.message = %error, "idempotency key not completed");
            }
            _ => {}
        }
        outcome
    }
}

/// 402 and 409 are outcomes of the domain, as good as a success to the one who asks again.
fn is_outcome(problem: &Problem) -> bool {
    matches!(problem.code().status, 402 | 409)
}

fn in_flight() -> Problem {
    Problem::of(code::IDEMPOTENCY_IN_FLIGHT).retry_after(ASK_AGAIN_SECONDS)
}

fn without_first(mut reasons: Vec<Reason>) -> Error {
    let rest = if reasons.is_empty() { Vec::new() } else { reasons.split_off(1) };
    Error::Cancelled { reasons: rest }
}

#[cfg(test)]
mod tests;
