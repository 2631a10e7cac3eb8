//! Who gets which answer at each route: the access matrix. A row follows from what the contract says of the route and
//! from the route's [`Sample`]; `tests/access-matrix.md` shows it, and the journey `access` tries it on a stack.

mod samples;

use std::{collections::BTreeMap, fmt::Write};

use rialto_http::contract::{Document, Route};
use thiserror::Error;

pub use samples::{ADDRESS, SAMPLES, Sample, Whose};

/// What is wrong with an access token that must be refused, and the clause that says so. Each is good in all else.
pub const FALSE_PAPERS: [(&str, &str); 15] = [
    ("expired", "RFC 7519 4.1.4"),
    ("alg none", "RFC 8725 3.1, 3.2"),
    ("HS256 by the public key's PEM", "RFC 8725 3.1"),
    ("HS256 by the JWK", "RFC 8725 3.1"),
    ("alg RS256", "RFC 8725 3.1"),
    ("wrong key", "RFC 8725 3.3"),
    ("key in the header", "RFC 8725 3.10"),
    ("wrong aud", "RFC 8725 3.9"),
    ("wrong iss", "RFC 8725 3.8"),
    ("wrong typ", "RFC 8725 3.11"),
    ("no kid", "RFC 8725 3.8"),
    ("unknown kid", "RFC 8725 3.8"),
    ("crit", "RFC 7515 4.1.11"),
    ("changed claims", "RFC 8725 3.3"),
    ("no signature", "RFC 8725 3.3"),
];

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Without a token.
    Nobody,
    /// With a token that has one of the [`FALSE_PAPERS`], by its index.
    False(usize),
    /// With a cart token.
    Guest,
    /// The shopper whose things the samples name.
    Shopper,
    /// A shopper with nothing to do with them.
    OtherShopper,
    /// The seller whose things the samples name.
    Seller,
    /// A seller with nothing to do with them.
    OtherSeller,
    /// An operator.
    Operator,
}

/// What is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The status.
    pub status: u16,
    /// The problem's code, where the caller is not let in.
    pub refusal: Option<&'static str>,
}

/// Why there is no matrix.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccessError {
    /// A route has no sample.
    #[error("{0} has no row in tests/src/access/samples.rs: say how it is called and whose things it touches")]
    NoSample(String),
    /// A sample has no route.
    #[error("tests/src/access/samples.rs has a row {0}, and no such route is left")]
    NoRoute(String),
    /// Two samples for one route.
    #[error("{0} has two rows in tests/src/access/samples.rs")]
    Twice(String),
    /// A route takes a body, and its sample has none, so that nobody tries what may be in it.
    #[error("{0} takes a body: its row in tests/src/access/samples.rs needs one")]
    NoBody(String),
    /// A route's `x-rialto-caller` is not known here.
    #[error("{0} may be called by {1:?}, which tests/src/access.rs does not know")]
    Caller(String, String),
}

/// A route with its sample.
#[derive(Debug, Clone)]
pub struct Row {
    /// The route.
    pub route: Route,
    /// How it is called.
    pub sample: &'static Sample,
    /// Whether it takes an `Idempotency-Key` that must be there.
    pub keyed: bool,
    /// The names of the fields of its JSON body, empty without one.
    pub fields: Vec<String>,
}

impl Who {
    /// All of them. Those who may do something come last, the owner of the things at the very end.
    pub fn all() -> impl Iterator<Item = Self> {
        let papers = (0..FALSE_PAPERS.len()).map(Self::False);
        let rest = [Self::Guest, Self::OtherShopper, Self::OtherSeller, Self::Operator, Self::Seller, Self::Shopper];
        std::iter::once(Self::Nobody).chain(papers).chain(rest)
    }
}

impl Expected {
    const fn status(status: u16) -> Self {
        Self { status, refusal: None }
    }

    const fn refused(status: u16, code: &'static str) -> Self {
        Self { status, refusal: Some(code) }
    }
}

impl Row {
    /// What this caller is to get.
    #[must_use]
    pub fn expected(&self, who: Who) -> Expected {
        let owner = match self.sample.whose {
            Whose::TheirOwn => None,
            Whose::TheShoppers => Some(Who::Shopper),
            Whose::TheSellers => Some(Who::Seller),
        };
        let (status, code) = self.sample.to_others;
        let admitted = match owner {
            Some(owner) if owner != who && who != Who::Operator => Expected::refused(status, code),
            _ => Expected::status(self.sample.answers),
        };
        // To routes for people and not for the shop's staff an operator is a shopper like any other.
        let as_person = match owner {
            Some(owner) if owner != who => Expected::refused(status, code),
            _ => Expected::status(self.sample.answers),
        };
        let forbidden = Expected::refused(403, "FORBIDDEN");
        match (self.route.caller.as_str(), who) {
            ("anyone", _) => Expected::status(self.sample.answers),
            (_, Who::False(_)) => Expected::refused(401, "INVALID_TOKEN"),
            ("customer", _) => as_person,
            (_, Who::Nobody | Who::Guest) => Expected::refused(401, "UNAUTHENTICATED"),
            ("shopper", _) => as_person,
            ("shopper_or_operator", _) => admitted,
            ("seller", Who::Seller | Who::OtherSeller) => admitted,
            ("seller_or_operator", Who::Seller | Who::OtherSeller | Who::Operator) => admitted,
            ("operator", Who::Operator) => admitted,
            _ => forbidden,
        }
    }
}

const CALLERS: [&str; 7] =
    ["anyone", "customer", "shopper", "shopper_or_operator", "seller", "seller_or_operator", "operator"];

/// The rows, in the samples' order.
///
/// # Errors
/// When a route has no sample or a sample no route.
pub fn rows(document: &Document) -> Result<Vec<Row>, AccessError> {
    let mut routes: BTreeMap<_, _> =
        document.routes().into_iter().map(|route| (route.operation_id.clone(), route)).collect();
    let known: Vec<_> = routes.keys().cloned().collect();
    let mut rows = Vec::new();
    for sample in SAMPLES {
        let Some(route) = routes.remove(sample.operation) else {
            let twice = known.iter().any(|id| id == sample.operation);
            let name = sample.operation.to_owned();
            return Err(if twice { AccessError::Twice(name) } else { AccessError::NoRoute(name) });
        };
        if !CALLERS.contains(&route.caller.as_str()) {
            return Err(AccessError::Caller(route.operation_id, route.caller));
        }
        let takes_body = operation(document, &route).is_some_and(|operation| operation.get("requestBody").is_some());
        if takes_body && sample.body.is_none() {
            return Err(AccessError::NoBody(route.operation_id));
        }
        let (keyed, fields) = (is_keyed(document, &route), fields(document, &route));
        rows.push(Row { route, sample, keyed, fields });
    }
    match routes.into_keys().next() {
        Some(left) => Err(AccessError::NoSample(left)),
        None => Ok(rows),
    }
}

/// `tests/access-matrix.md`.
///
/// # Errors
/// As [`rows`].
pub fn table(document: &Document) -> Result<String, AccessError> {
    let mut text =
        HEAD.replace("{papers}", &FALSE_PAPERS.map(|(what, clause)| format!("{what} ({clause})")).join(", "));
    let columns = [
        Who::Nobody,
        Who::False(0),
        Who::Guest,
        Who::Shopper,
        Who::OtherShopper,
        Who::Seller,
        Who::OtherSeller,
        Who::Operator,
    ];
    let mut rows = rows(document)?;
    rows.sort_by(|a, b| (&a.route.path, &a.route.method).cmp(&(&b.route.path, &b.route.method)));
    for row in rows {
        let route = &row.route;
        // Writing to a string cannot fail.
        let _ = write!(text, "| `{} {}` | {} |", route.method, route.path, route.caller.replace('_', " "));
        for who in columns {
            let expected = row.expected(who);
            let _ = match expected.refusal {
                Some(_) => write!(text, " {} |", expected.status),
                None => write!(text, " **{}** |", expected.status),
            };
        }
        text.push('\n');
    }
    Ok(text)
}

fn operation<'a>(document: &'a Document, route: &Route) -> Option<&'a serde_json::Value> {
    document.value().get("paths")?.get(&route.path)?.get(route.method.to_lowercase())
}

fn is_keyed(document: &Document, route: &Route) -> bool {
    let parameters = operation(document, route).and_then(|operation| operation.get("parameters")?.as_array());
    parameters.into_iter().flatten().any(|parameter| {
        let named = parameter.get("name").and_then(|name| name.as_str()) == Some("Idempotency-Key");
        named && parameter.get("required").and_then(serde_json::Value::as_bool) == Some(true)
    })
}

fn fields(document: &Document, route: &Route) -> Vec<String> {
    let schema = operation(document, route)
        .and_then(|operation| operation.pointer("/requestBody/content/application~1json/schema/$ref")?.as_str())
        .and_then(|reference| document.value().pointer(reference.trim_start_matches('#')));
    let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
    properties.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

const HEAD: &str = "\
<!-- Generated by `make generate` from the contract and tests/src/access/samples.rs. -->
# Access matrix

What each caller is answered at each route, tried on a stack by the journey `access`. **Bold** is let in; all else is a
problem that is told before anything is read or changed, and afterwards the owner's things are as they were.
\"false papers\" stands for each of: {papers}. \"shopper\" and \"seller\" own the things that the request names.

| route | for | no token | false papers | guest | shopper | other shopper | seller | other seller | operator |
|---|---|---|---|---|---|---|---|---|---|
";
