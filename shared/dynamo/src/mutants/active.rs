//! The switch itself.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::panic::Location;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::cond::{Comparison, Node, Operand, Right, Subject, Term};
use crate::path::Path;
use crate::value::Value;

static CHOSEN: LazyLock<Option<(String, String)>> = LazyLock::new(|| {
    let chosen = std::env::var("RIALTO_MUTANT").ok()?;
    chosen.split_once('@').map(|(how, site)| (how.to_owned(), site.to_owned()))
});

static MET: LazyLock<Option<Mutex<Met>>> = LazyLock::new(|| {
    let path = std::env::var_os("RIALTO_MUTANT_SITES")?;
    let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
    Some(Mutex::new(Met { file, known: HashSet::new() }))
});

struct Met {
    file: File,
    known: HashSet<String>,
}

#[track_caller]
pub(super) fn caller() -> String {
    let place = Location::caller();
    format!("{}:{}:{}", place.file(), place.line(), place.column())
}

pub(super) fn is_dropped(site: &str) -> bool {
    tell(site, "");
    how(site) == Some("dropped")
}

pub(super) fn condition(site: &str, node: Node) -> Node {
    if MET.is_some() {
        tell(site, if weaker(&node).is_some() { "weaker" } else { "" });
    }
    match how(site) {
        Some("dropped") => Node::Any(either_way().into()),
        Some("never") => Node::All(either_way().into()),
        Some("weaker") => weaker(&node).unwrap_or(node),
        _ => node,
    }
}

fn how(site: &str) -> Option<&'static str> {
    let (how, chosen) = CHOSEN.as_ref()?;
    (chosen == site).then_some(how)
}

fn tell(site: &str, also: &str) {
    let Some(met) = MET.as_ref() else { return };
    let thread = std::thread::current();
    let line = format!("{site}\t{}\t{also}\n", thread.name().unwrap_or_default());
    let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
    if met.known.insert(line.clone()) {
        // Whoever reads the file sees what is missing.
        let _ = met.file.write_all(line.as_bytes());
    }
}

/// One of the two holds on every item and on none; a filter may name the attribute.
fn either_way() -> [Node; 2] {
    let path = || Path::attribute("ttl");
    [Node::Exists(path()), Node::Absent(path())]
}

/// What lets a little more through: a bound further out by one, any value in place of a certain one.
fn weaker(node: &Node) -> Option<Node> {
    let further = |left: &Subject, comparison, right: &Operand, by| {
        Some(Node::Compare(left.clone(), comparison, Operand(Right::Value(moved(right, by)?))))
    };
    match node {
        Node::Compare(left, Comparison::Lt, right) => Some(Node::Compare(left.clone(), Comparison::Le, right.clone())),
        Node::Compare(left, Comparison::Gt, right) => Some(Node::Compare(left.clone(), Comparison::Ge, right.clone())),
        Node::Compare(left, Comparison::Le, right) => further(left, Comparison::Le, right, 1),
        Node::Compare(left, Comparison::Ge, right) => further(left, Comparison::Ge, right, -1),
        Node::Compare(Subject(Term::Attribute(path)), Comparison::Eq, _)
        | Node::IsIn(Subject(Term::Attribute(path)), _)
        | Node::BeginsWith(path, _) => Some(Node::Exists(path.clone())),
        Node::Between(left, low, high) => {
            let (low, high) = (moved(low, -1)?, moved(high, 1)?);
            Some(Node::Between(left.clone(), Operand(Right::Value(low)), Operand(Right::Value(high))))
        }
        _ => None,
    }
}

fn moved(operand: &Operand, by: i128) -> Option<Value> {
    let Operand(Right::Value(Value::N(number))) = operand else { return None };
    Some(Value::N(number.parse::<i128>().ok()?.checked_add(by)?.to_string()))
}
