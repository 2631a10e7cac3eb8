//! Conditions evaluated on an item.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::cond::{Comparison, Node, Operand, Right, Subject, Term};
use crate::memory::Number;
use crate::path::Path;
use crate::value::{Item, Value};

/// Whether the condition holds on the item, or on its absence.
pub(crate) fn holds(node: &Node, item: Option<&Item>) -> bool {
    match node {
        Node::Exists(path) => attribute(path, item).is_some(),
        Node::Absent(path) => attribute(path, item).is_none(),
        Node::Compare(left, comparison, right) => {
            compare(left_value(left, item).as_ref(), *comparison, right_value(right, item).as_ref())
        }
        Node::Between(left, low, high) => {
            let value = left_value(left, item);
            compare(value.as_ref(), Comparison::Ge, right_value(low, item).as_ref())
                && compare(value.as_ref(), Comparison::Le, right_value(high, item).as_ref())
        }
        Node::IsIn(left, values) => {
            let value = left_value(left, item);
            values.iter().any(|one| compare(value.as_ref(), Comparison::Eq, right_value(one, item).as_ref()))
        }
        Node::BeginsWith(path, prefix) => {
            matches!(attribute(path, item), Some(Value::S(text)) if text.starts_with(prefix))
        }
        Node::Contains(path, value) => attribute(path, item).is_some_and(|whole| contains(whole, value)),
        Node::All(nodes) => nodes.iter().all(|node| holds(node, item)),
        Node::Any(nodes) => nodes.iter().any(|node| holds(node, item)),
        Node::Not(node) => !holds(node, item),
    }
}

/// The value at the path.
pub(crate) fn attribute<'a>(path: &Path, item: Option<&'a Item>) -> Option<&'a Value> {
    let root = item?.get(path.root())?;
    path.rest().iter().try_fold(root, |value, name| value.as_m().ok()?.get(name))
}

/// The order of two numbers, strings or binaries; none between other types.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::N(left), Value::N(right)) => Some(Number::parse(left)?.cmp(&Number::parse(right)?)),
        (Value::S(left), Value::S(right)) => Some(left.cmp(right)),
        (Value::B(left), Value::B(right)) => Some(left.as_ref().cmp(right.as_ref())),
        _ => None,
    }
}

fn left_value(Subject(term): &Subject, item: Option<&Item>) -> Option<Value> {
    match term {
        Term::Attribute(path) => attribute(path, item).cloned(),
        Term::Size(path) => size(attribute(path, item)?),
    }
}

fn right_value(Operand(right): &Operand, item: Option<&Item>) -> Option<Value> {
    match right {
        Right::Value(value) => Some(value.clone()),
        Right::Attribute(path) => attribute(path, item).cloned(),
    }
}

fn size(value: &Value) -> Option<Value> {
    let size = match value {
        Value::S(text) => text.chars().count(),
        Value::B(blob) => blob.as_ref().len(),
        Value::L(values) => values.len(),
        Value::M(entries) => entries.len(),
        Value::Ss(set) | Value::Ns(set) => set.len(),
        Value::Bs(set) => set.len(),
        _ => return None,
    };
    Some(Value::N(size.to_string()))
}

fn compare(left: Option<&Value>, comparison: Comparison, right: Option<&Value>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return comparison == Comparison::Ne };
    let ordered = |wanted: fn(Ordering) -> bool| order(left, right).is_some_and(wanted);
    match comparison {
        Comparison::Eq => equal(left, right),
        Comparison::Ne => !equal(left, right),
        Comparison::Lt => ordered(Ordering::is_lt),
        Comparison::Le => ordered(Ordering::is_le),
        Comparison::Gt => ordered(Ordering::is_gt),
        Comparison::Ge => ordered(Ordering::is_ge),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::N(left), Value::N(right)) => Number::parse(left) == Number::parse(right),
        (Value::L(left), Value::L(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::M(left), Value::M(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| equal(value, other)))
        }
        (Value::Ss(left), Value::Ss(right)) => left.iter().collect::<HashSet<_>>() == right.iter().collect(),
        (Value::Ns(left), Value::Ns(right)) => numbers(left) == numbers(right),
        (Value::Bs(left), Value::Bs(right)) => {
            left.len() == right.len() && left.iter().all(|blob| right.contains(blob))
        }
        _ => left == right,
    }
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::S(whole), Value::S(part)) => whole.contains(part),
        (Value::L(values), part) => values.iter().any(|value| equal(value, part)),
        (Value::Ss(set), Value::S(part)) => set.contains(part),
        (Value::Ns(set), Value::N(part)) => Number::parse(part).is_some_and(|part| numbers(set).contains(&part)),
        (Value::Bs(set), Value::B(part)) => set.contains(part),
        _ => false,
    }
}

fn numbers(texts: &[String]) -> HashSet<Number> {
    texts.iter().filter_map(|text| Number::parse(text)).collect()
}
