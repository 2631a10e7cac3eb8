//! Requests that DynamoDB would refuse, refused before they are sent, so that all backends agree.

use std::collections::HashSet;

use crate::cond::{Comparison, Node, Operand, Right, Subject, Term};
use crate::error::Error;
use crate::key::{Key, PK, SK};
use crate::memory::Number;
use crate::path::Path;
use crate::query::{KEYS_ONLY, Query, Sort};
use crate::update::{Change, Update};
use crate::value::Value;
use crate::write::Write;

type Checked = Result<(), Error>;

const ACTIONS: usize = 100;
const IN_OPERANDS: usize = 100;

pub(crate) fn key(key: &Key) -> Checked {
    key_text(&key.pk, 2048)?;
    key_text(&key.sk, 1024)
}

pub(crate) fn write(write: &Write) -> Checked {
    key(write.key())?;
    if let Some(condition) = write.condition() {
        self::condition(&condition.0)?;
    }
    match write {
        Write::Put(put) => put.item.iter().try_for_each(|(name, value)| {
            named(name)?;
            self::value(value)?;
            index_key(name, Some(value))
        }),
        Write::Update(update) => self::update(update),
        Write::Delete(_) | Write::Check(_) => Ok(()),
    }
}

pub(crate) fn transaction(writes: &[Write]) -> Checked {
    if writes.is_empty() || writes.len() > ACTIONS {
        return invalid("a transaction has 1 to 100 writes");
    }
    let mut keys = HashSet::new();
    if !writes.iter().all(|write| keys.insert(write.key())) {
        return invalid("two writes of a transaction on one item");
    }
    writes.iter().try_for_each(write)
}

pub(crate) fn query(query: &Query) -> Checked {
    key_text(&query.pk, 2048)?;
    match &query.sort {
        Sort::Any => {}
        Sort::Eq(sk) | Sort::Lt(sk) | Sort::Le(sk) | Sort::Gt(sk) | Sort::Ge(sk) | Sort::BeginsWith(sk) => {
            key_text(sk, 1024)?;
        }
        Sort::Between(low, high) => {
            key_text(low, 1024)?;
            key_text(high, 1024)?;
            if low > high {
                return invalid("the ends of sk_between are swapped");
            }
        }
    }
    if query.limit == Some(0) {
        return invalid("a limit of 0");
    }
    if query.strong && query.index.is_some() {
        return invalid("an index cannot be read strongly");
    }
    if let Some(filter) = &query.filter {
        condition(&filter.0)?;
        let (pk, sk) = query.key_names();
        if mentions(&filter.0, &|root| root == pk || root == sk) {
            return invalid("a filter on a key attribute");
        }
        if query.index.as_deref() == Some(KEYS_ONLY) && mentions(&filter.0, &|root| root != PK && root != SK) {
            return invalid("a filter on an attribute that the index has not");
        }
    }
    query.start().map(drop)
}

fn update(update: &Update) -> Checked {
    for (index, (path, change)) in update.changes.iter().enumerate() {
        self::path(path)?;
        if [PK, SK].contains(&path.root()) {
            return invalid("a change of a key attribute");
        }
        if update.changes.iter().skip(index + 1).any(|(other, _)| path.overlaps(other)) {
            return invalid("two changes of overlapping paths");
        }
        match change {
            Change::Set(value) | Change::SetIfAbsent(value) => {
                self::value(value)?;
                index_key(path.root(), Some(value).filter(|_| !path.is_nested()))?;
            }
            Change::Append(values) => {
                values.iter().try_for_each(self::value)?;
                index_key(path.root(), None)?;
            }
            Change::Add(by) => {
                self::value(&Value::N(by.to_string()))?;
                index_key(path.root(), None)?;
            }
            Change::Remove => {}
        }
    }
    Ok(())
}

/// Index keys hold strings only (DynamoDB Local lets updates set others).
fn index_key(name: &str, value: Option<&Value>) -> Checked {
    let most = match name {
        "gsi1pk" | "gsi2pk" => 2048,
        "gsi1sk" | "gsi2sk" => 1024,
        _ => return Ok(()),
    };
    match value {
        Some(Value::S(text)) => key_text(text, most),
        _ => invalid("an index key that is no string"),
    }
}

fn condition(node: &Node) -> Checked {
    match node {
        Node::Exists(path) | Node::Absent(path) | Node::BeginsWith(path, _) => self::path(path),
        Node::Contains(path, value) => self::path(path).and_then(|()| self::value(value)),
        Node::Compare(left, comparison, right) => {
            subject(left)?;
            let ordered = !matches!(comparison, Comparison::Eq | Comparison::Ne);
            operand(right, ordered)
        }
        Node::Between(left, low, high) => {
            subject(left)?;
            operand(low, true)?;
            operand(high, true)?;
            ends(low, high)
        }
        Node::IsIn(left, values) => {
            subject(left)?;
            if values.is_empty() || values.len() > IN_OPERANDS {
                return invalid("is_in takes 1 to 100 values");
            }
            values.iter().try_for_each(|value| operand(value, false))
        }
        Node::All(nodes) | Node::Any(nodes) => {
            if nodes.is_empty() {
                return invalid("all or any of no conditions");
            }
            nodes.iter().try_for_each(condition)
        }
        Node::Not(node) => condition(node),
    }
}

fn subject(Subject(Term::Attribute(path) | Term::Size(path)): &Subject) -> Checked {
    self::path(path)
}

fn operand(operand: &Operand, ordered: bool) -> Checked {
    match &operand.0 {
        Right::Attribute(path) => self::path(path),
        Right::Value(value) if ordered && !matches!(value, Value::N(_) | Value::S(_) | Value::B(_)) => {
            invalid("an ordering of values without an order")
        }
        Right::Value(value) => self::value(value),
    }
}

fn ends(Operand(low): &Operand, Operand(high): &Operand) -> Checked {
    let (Right::Value(low), Right::Value(high)) = (low, high) else { return Ok(()) };
    match crate::memory::order(low, high) {
        Some(order) if order.is_le() => Ok(()),
        _ => invalid("the ends of between are swapped or of two types"),
    }
}

/// Whether the condition names an attribute of which `is_meant` is true.
fn mentions(node: &Node, is_meant: &dyn Fn(&str) -> bool) -> bool {
    let path = |path: &Path| is_meant(path.root());
    let left = |Subject(Term::Attribute(left) | Term::Size(left)): &Subject| path(left);
    let right = |operand: &Operand| matches!(&operand.0, Right::Attribute(right) if path(right));
    match node {
        Node::Exists(at) | Node::Absent(at) | Node::BeginsWith(at, _) | Node::Contains(at, _) => path(at),
        Node::Compare(subject, _, operand) => left(subject) || right(operand),
        Node::Between(subject, low, high) => left(subject) || right(low) || right(high),
        Node::IsIn(subject, operands) => left(subject) || operands.iter().any(right),
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(|node| mentions(node, is_meant)),
        Node::Not(node) => mentions(node, is_meant),
    }
}

fn path(path: &Path) -> Checked {
    path.segments().try_for_each(named)
}

fn named(name: &str) -> Checked {
    if name.is_empty() { invalid("an attribute without a name") } else { Ok(()) }
}

fn value(value: &Value) -> Checked {
    match value {
        Value::N(number) => self::number(number),
        Value::L(values) => values.iter().try_for_each(self::value),
        Value::M(entries) => entries.values().try_for_each(self::value),
        Value::Ns(numbers) => set(numbers.len(), numbers.iter().filter_map(|text| Number::parse(text)).collect()),
        Value::Ss(texts) => set(texts.len(), texts.iter().collect()),
        Value::Bs(blobs) => set(blobs.len(), blobs.iter().map(AsRef::as_ref).collect::<HashSet<&[u8]>>()),
        _ => Ok(()),
    }
}

fn number(text: &str) -> Checked {
    if Number::parse(text).is_some() { Ok(()) } else { invalid("a number of more than 38 digits, or none") }
}

fn set<T>(given: usize, distinct: HashSet<T>) -> Checked {
    if given > 0 && distinct.len() == given { Ok(()) } else { invalid("an empty set, or one with an element twice") }
}

fn key_text(text: &str, most: usize) -> Checked {
    if text.is_empty() || text.len() > most { invalid("a key that is empty or too long") } else { Ok(()) }
}

fn invalid(what: &str) -> Checked {
    Err(Error::Invalid(what.to_owned()))
}
