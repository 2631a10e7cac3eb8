//! Writes applied to an item.

use crate::memory::Number;
use crate::memory::eval::attribute;
use crate::path::Path;
use crate::units::{LARGEST_ITEM, size};
use crate::update::{Change, Update};
use crate::value::{Item, Value};

const NO_PATH: &str = "an update of an entry of what is no map";
const WRONG_TYPE: &str = "an update of an attribute of the wrong type";

/// The item after the update; all changes see the item as it was.
pub(crate) fn updated(update: &Update, old: Option<&Item>) -> Result<Item, String> {
    let mut item = old.cloned().unwrap_or_else(|| update.key.to_item());
    for (path, change) in &update.changes {
        let current = attribute(path, old);
        match change {
            Change::Remove => remove(&mut item, path)?,
            Change::Set(value) => set(&mut item, path, value.clone())?,
            Change::SetIfAbsent(value) => set(&mut item, path, current.unwrap_or(value).clone())?,
            Change::Append(values) => set(&mut item, path, appended(current, values)?)?,
            Change::Add(by) => set(&mut item, path, sum(current, *by)?)?,
        }
    }
    Ok(item)
}

/// The item as DynamoDB stores it: numbers in their one form, not too large.
pub(crate) fn storable(item: Item) -> Result<Item, String> {
    let item: Item = item.into_iter().map(|(name, value)| (name, normal(value))).collect();
    if size(&item) > LARGEST_ITEM {
        return Err("an item of more than 400 KB".to_owned());
    }
    Ok(item)
}

fn normal(value: Value) -> Value {
    let number = |text: String| Number::parse(&text).map_or(text, |number| number.to_string());
    match value {
        Value::N(text) => Value::N(number(text)),
        Value::Ns(texts) => Value::Ns(texts.into_iter().map(number).collect()),
        Value::L(values) => Value::L(values.into_iter().map(normal).collect()),
        Value::M(entries) => Value::M(entries.into_iter().map(|(name, value)| (name, normal(value))).collect()),
        other => other,
    }
}

fn appended(current: Option<&Value>, values: &[Value]) -> Result<Value, String> {
    let list = match current {
        Some(Value::L(list)) => list.as_slice(),
        Some(_) => return Err(WRONG_TYPE.to_owned()),
        None => &[],
    };
    Ok(Value::L(list.iter().chain(values).cloned().collect()))
}

fn sum(current: Option<&Value>, by: i128) -> Result<Value, String> {
    let current = match current {
        Some(Value::N(text)) => text.as_str(),
        Some(_) => return Err(WRONG_TYPE.to_owned()),
        None => "0",
    };
    let sum = Number::parse(current).zip(Number::parse(&by.to_string())).and_then(|(left, right)| left.plus(right));
    sum.map(|sum| Value::N(sum.to_string())).ok_or_else(|| "a sum of more than 38 digits".to_owned())
}

fn set(item: &mut Item, path: &Path, value: Value) -> Result<(), String> {
    let (entries, name) = parent(item, path)?;
    entries.insert(name.to_owned(), value);
    Ok(())
}

fn remove(item: &mut Item, path: &Path) -> Result<(), String> {
    let (entries, name) = parent(item, path)?;
    entries.remove(name);
    Ok(())
}

/// The map that holds the path's last name, and that name.
fn parent<'a, 'p>(item: &'a mut Item, path: &'p Path) -> Result<(&'a mut Item, &'p str), String> {
    let mut entries = item;
    let mut name = path.root();
    for next in path.rest() {
        let Some(Value::M(inner)) = entries.get_mut(name) else { return Err(NO_PATH.to_owned()) };
        entries = inner;
        name = next;
    }
    Ok((entries, name))
}
