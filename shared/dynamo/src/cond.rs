//! Conditions of writes and filters of queries.
//!
//! As in DynamoDB, a comparison with an attribute that is absent or of another type is false; only [`ne`] is then true,
//! being the negation of [`eq`]. Numbers compare exactly, strings by their UTF-8 bytes.

use crate::mutants::built;
use crate::path::Path;
use crate::value::{IntoValue, Value};

/// A condition on one item, built by the functions of [`crate::cond`].
#[derive(Debug, Clone, PartialEq)]
pub struct Cond(pub(crate) Node);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Exists(Path),
    Absent(Path),
    Compare(Subject, Comparison, Operand),
    Between(Subject, Operand, Operand),
    IsIn(Subject, Vec<Operand>),
    BeginsWith(Path, String),
    Contains(Path, Value),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// The left side of a comparison: an attribute (from `&str`, `String` or [`Path`]) or its [`size`].
#[derive(Debug, Clone, PartialEq)]
pub struct Subject(pub(crate) Term);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    Attribute(Path),
    Size(Path),
}

impl<P: Into<Path>> From<P> for Subject {
    fn from(path: P) -> Self {
        Self(Term::Attribute(path.into()))
    }
}

/// The right side of a comparison: a value, or another attribute of the same item (a [`Path`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Operand(pub(crate) Right);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Right {
    Value(Value),
    Attribute(Path),
}

impl<V: IntoValue> From<V> for Operand {
    fn from(value: V) -> Self {
        Self(Right::Value(value.into_value()))
    }
}

impl From<Path> for Operand {
    fn from(path: Path) -> Self {
        Self(Right::Attribute(path))
    }
}

/// The attribute is there (NULL counts as there).
#[track_caller]
pub fn exists(path: impl Into<Path>) -> Cond {
    built(Node::Exists(path.into()))
}

/// The attribute is not there. `absent("pk")` holds when the item does not exist.
#[track_caller]
pub fn absent(path: impl Into<Path>) -> Cond {
    built(Node::Absent(path.into()))
}

/// The number of entries of a list, map or set, of bytes of a binary, or of characters of a string (only of ASCII:
/// beyond it, DynamoDB does not promise characters or bytes).
pub fn size(path: impl Into<Path>) -> Subject {
    Subject(Term::Size(path.into()))
}

/// Equal: same type and value.
#[track_caller]
pub fn eq(left: impl Into<Subject>, right: impl Into<Operand>) -> Cond {
    compare(left, Comparison::Eq, right)
}

/// Not equal; also true when the attribute is absent or of another type.
#[track_caller]
pub fn ne(left: impl Into<Subject>, right: impl Into<Operand>) -> Cond {
    compare(left, Comparison::Ne, right)
}

/// Less than (numbers, strings, binaries).
#[track_caller]
pub fn lt(left: impl Into<Subject>, right: impl Into<Operand>) -> Cond {
    compare(left, Comparison::Lt, right)
}

/// Less than or equal.
#[track_caller]
pub fn le(left: impl Into<Subject>, right: impl Into<Operand>) -> Cond {
    compare(left, Comparison::Le, right)
}

/// Greater than.
#[track_caller]
pub fn gt(left: impl Into<Subject>, right: impl Into<Operand>) -> Cond {
    compare(left, Comparison::Gt, right)
}

/// Greater than or equal.
#[track_caller]
pub fn ge(left: impl Into<Subject>, right: impl Into<Operand>) -> Cond {
    compare(left, Comparison::Ge, right)
}

/// `low <= left <= high`, both ends included.
#[track_caller]
pub fn between(left: impl Into<Subject>, low: impl Into<Operand>, high: impl Into<Operand>) -> Cond {
    built(Node::Between(left.into(), low.into(), high.into()))
}

/// Equal to one of 1 to 100 values.
#[track_caller]
pub fn is_in<O: Into<Operand>>(left: impl Into<Subject>, values: impl IntoIterator<Item = O>) -> Cond {
    built(Node::IsIn(left.into(), values.into_iter().map(Into::into).collect()))
}

/// The attribute is a string that starts with `prefix`.
#[track_caller]
pub fn begins_with(path: impl Into<Path>, prefix: impl Into<String>) -> Cond {
    built(Node::BeginsWith(path.into(), prefix.into()))
}

/// The string contains the string, or the list or set contains the element.
#[track_caller]
pub fn contains(path: impl Into<Path>, value: impl IntoValue) -> Cond {
    built(Node::Contains(path.into(), value.into_value()))
}

/// Every one of one or more conditions holds.
#[track_caller]
pub fn all(conditions: impl IntoIterator<Item = Cond>) -> Cond {
    built(Node::All(nodes(conditions)))
}

/// At least one of one or more conditions holds.
#[track_caller]
pub fn any(conditions: impl IntoIterator<Item = Cond>) -> Cond {
    built(Node::Any(nodes(conditions)))
}

/// The condition does not hold. A comparison with an absent attribute is false, so its negation is true.
#[track_caller]
pub fn not(condition: Cond) -> Cond {
    built(Node::Not(Box::new(condition.0)))
}

/// `first` and `second`, where there is a first.
pub(crate) fn both(first: Option<Cond>, second: Cond) -> Cond {
    match first {
        Some(first) => Cond(Node::All(vec![first.0, second.0])),
        None => second,
    }
}

#[track_caller]
fn compare(left: impl Into<Subject>, comparison: Comparison, right: impl Into<Operand>) -> Cond {
    built(Node::Compare(left.into(), comparison, right.into()))
}

fn nodes(conditions: impl IntoIterator<Item = Cond>) -> Vec<Node> {
    conditions.into_iter().map(|condition| condition.0).collect()
}
