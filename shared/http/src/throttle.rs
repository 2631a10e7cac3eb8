//! How often a route may be called: one policy a class of routes, and the buckets that keep it.
//!
//! Reads and writes in general are bounded by the gateway and the WAF, and by a bucket in each sandbox's memory that costs no
//! database. Classes that are worth attacking have buckets in the service's own table:
//!
//! | Operation | Keys | Write units |
//! |---|---|---|
//! | take from a bucket that is full | `LIMIT#<bucket>#<hash of whose>`, `LIMIT` | 1 |
//! | take from one that is not; refuse | the same | 2; 1 |
//! | [`Attempt::succeeded`] | the same | 1, 2 from a new source |
//! | a source made known by a mail's token | the same | 1 |
//!
//! One conditional update decides, so requests at once never pass together where one token is left. Whose bucket it is: the
//! verified caller, the account or session that is named, or the address that the gateway saw, never a header; IPv6 by its /64, as one
//! customer has all of that. Keys are hashed, which hides names and yet can be guessed: rows live as long as their bucket takes to
//! fill, those of an account and a source 30 days. When the table fails a request passes, except for log-ins, which are 503.
//!
//! # Locking out
//!
//! Guessing is bounded three ways (the OWASP device-cookie scheme, with the address as the device): a source has so many
//! log-ins; an account so many failures from one source; and so many from all sources together that it has never been logged in from.
//! - One source, many accounts: the first bucket. It is that source's alone.
//! - One source, one account: the second. It locks out that source for that account, and no one elsewhere.
//! - Many sources, one account: the third. It locks out sources that are new to the account, never one that logged in
//!   within 30 days. A person at a new source meanwhile resets the password by e-mail, which makes the source a known one.
//!   Sessions go on: refreshing asks none of the three.

mod account;
mod cell;
mod memory;
mod quotas;
mod stored;

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderName;
use rialto_dynamo::Table;
use rialto_kernel::Timestamp;
use rialto_lambda::{Context, InitError, env};
use sha2::{Digest, Sha256};

pub use account::Attempt;
pub use quotas::{Bucket, Class, Quota, Quotas};

use crate::{code, problem::Problem};
use cell::Decision;
use memory::Memory;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// The limits of one function: its class, the quotas of its stage, and where they are kept.
#[derive(Debug)]
pub struct Throttle {
    class: Option<Class>,
    quotas: Quotas,
    table: Option<Table>,
    memory: Memory,
}

/// What a bucket was asked, for the answer's headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    bucket: Bucket,
    quota: Quota,
    remaining: i64,
    /// Seconds until a token is back.
    reset: i64,
}

impl Throttle {
    /// No limits: what requests made by hand in tests have.
    #[must_use]
    pub fn off() -> Self {
        Self::in_memory(Quotas::none())
    }

    /// The limits of a function of no class, which are kept in this process's memory.
    #[must_use]
    pub fn in_memory(quotas: Quotas) -> Self {
        Self { class: None, quotas, table: None, memory: Memory::default() }
    }

    /// The limits of `class` with its buckets in `table`.
    #[must_use]
    pub fn new(class: Class, quotas: Quotas, table: Table) -> Self {
        Self { class: Some(class), quotas, table: Some(table), memory: Memory::default() }
    }

    /// The limits of the function: `RATE_LIMITS` where set (see [`Quotas::parse`]), kept in the service's table,
    /// `<SERVICE>_TABLE`, where its class has buckets there.
    ///
    /// # Errors
    /// When a variable is missing or unusable.
    pub(crate) fn of(context: &Context) -> Result<Self, InitError> {
        let unusable = |reason| InitError::Unusable { name: "RATE_LIMITS".to_owned(), reason };
        let quotas =
            env("RATE_LIMITS").map_or_else(|_| Ok(Quotas::default()), |text| Quotas::parse(&text).map_err(unusable))?;
        let class = Class::of(context.function());
        let variable = || format!("{}_TABLE", context.service().to_uppercase());
        let table = class.map(|_| context.table(&variable())).transpose()?;
        Ok(Self { class, quotas, table, memory: Memory::default() })
    }

    /// Takes from the buckets of this source; `reads` for methods that change nothing.
    pub(crate) async fn admit_source(
        &self,
        source: Option<&str>,
        reads: bool,
        now: Timestamp,
    ) -> Result<Vec<Standing>, Problem> {
        let source = source_of(source);
        let Some(class) = self.class else {
            let bucket = if reads { Bucket::Read } else { Bucket::Write };
            let Some(quota) = self.quotas.of(bucket) else { return Ok(Vec::new()) };
            return match self.memory.take(&source, quota, now.as_millisecond()) {
                Decision::Admitted { .. } => Ok(Vec::new()),
                Decision::Refused { wait } => Err(too_many(bucket, quota, wait)),
            };
        };
        self.take(class.source(), &source, now).await
    }

    /// Takes from the bucket of this caller, where the class has one.
    pub(crate) async fn admit_caller(&self, caller: Option<String>, now: Timestamp) -> Result<Vec<Standing>, Problem> {
        let (Some(bucket), Some(caller)) = (self.class.and_then(Class::caller), caller) else { return Ok(Vec::new()) };
        self.take(bucket, &caller, now).await
    }

    /// Takes from a stored bucket. An error of the table lets the request pass, except for log-ins.
    async fn take(&self, bucket: Bucket, whose: &str, now: Timestamp) -> Result<Vec<Standing>, Problem> {
        let (Some(quota), Some(table)) = (self.quotas.of(bucket), &self.table) else { return Ok(Vec::new()) };
        let millis = now.as_millisecond();
        match stored::take(table, bucket, whose, quota, millis).await {
            Ok(stored::Taken { decision: Decision::Admitted { full_at }, .. }) => {
                let reset = full_at.saturating_sub(millis).min(quota.refill());
                Ok(vec![Standing { bucket, quota, remaining: quota.remaining(full_at, millis), reset: seconds(reset) }])
            }
            Ok(stored::Taken { decision: Decision::Refused { wait }, .. }) => Err(too_many(bucket, quota, wait)),
            Err(error) if self.class == Some(Class::LogIn) => Err(Problem::unavailable(error)),
            Err(error) => {
                tracing::warn!(error.message = %error, limit = bucket.name(), "limit not asked");
                Ok(Vec::new())
            }
        }
    }
}

/// `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10.
pub(crate) fn headers(standings: &[Standing]) -> Option<[(HeaderName, String); 2]> {
    let list = |text: fn(&Standing) -> String| standings.iter().map(text).collect::<Vec<_>>().join(", ");
    let policy = |it: &Standing| format!("\"{}\";q={};w={}", it.bucket.name(), it.quota.burst, it.quota.seconds);
    let state = |it: &Standing| format!("\"{}\";r={};t={}", it.bucket.name(), it.remaining, it.reset);
    (!standings.is_empty()).then(|| [(POLICY, list(policy)), (STATE, list(state))])
}

fn too_many(bucket: Bucket, quota: Quota, wait: i64) -> Problem {
    let reset = seconds(wait).max(1);
    let mut problem = Problem::of(code::TOO_MANY_REQUESTS).retry_after(reset.unsigned_abs());
    for (name, value) in headers(&[Standing { bucket, quota, remaining: 0, reset }]).into_iter().flatten() {
        problem = problem.header(name, &value);
    }
    problem
}

/// Rounded up.
fn seconds(millis: i64) -> i64 {
    millis.saturating_add(999).div_euclid(1000)
}

/// The address as a bucket's name: an IPv6 customer has a /64, an IPv4 one behind IPv6 is the same one.
fn source_of(address: Option<&str>) -> String {
    match address.unwrap_or_default().parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(address) => address.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

/// SHA-256, so that rows name no one.
fn digest(whose: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(whose))
}

#[cfg(test)]
mod tests;
