//! The values of declared attributes: what is taken, and how it is kept. What is kept is taken again and stays as it is.

use super::{
    attribute_texts::Allowed,
    attributes::{Attribute, Kind, folded},
    row::{RowCode, shown},
};

/// The most digits of a number before its point. With those behind it they make no number of a card.
const WHOLE_DIGITS: usize = 12;
/// The most digits of a number behind its point.
const DECIMALS: usize = 9;
/// Between the texts of a list.
pub(super) const SEPARATOR: char = '|';
/// How many of the allowed values a message names.
const NAMED: usize = 12;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of mistake it is.
    pub code: RowCode,
    /// What to change.
    pub message: String,
}

/// A value as it is kept.
///
/// # Errors
/// What is allowed.
pub(super) fn judged(attribute: &Attribute, value: &str) -> Result<String, Fault> {
    let value = value.trim();
    let kept = match attribute.kind {
        Kind::Text => text(attribute, value).ok_or(RowCode::NotAllowed),
        Kind::Number => number(value, attribute.unit.as_deref()).ok_or(RowCode::WrongType),
        Kind::Boolean => match folded(value).as_str() {
            "true" | "yes" => Ok("true".to_owned()),
            "false" | "no" => Ok("false".to_owned()),
            _ => Err(RowCode::WrongType),
        },
        Kind::List => list(attribute, value),
    };
    kept.map_err(|code| {
        let message = format!("\"{}\" is not allowed: {}", shown(value), allowed(attribute));
        Fault { code, message }
    })
}

/// What to write.
pub(super) fn allowed(attribute: &Attribute) -> String {
    let named: Vec<&str> = attribute.values.iter().take(NAMED).map(Allowed::as_str).collect();
    let values = match attribute.values.len().checked_sub(NAMED) {
        None | Some(0) => named.join(", "),
        Some(more) => format!("{} or {more} others", named.join(", ")),
    };
    match (attribute.kind, values.is_empty(), &attribute.unit) {
        (Kind::Text, true, _) => "write a text".to_owned(),
        (Kind::Text, false, _) => format!("write one of {values}"),
        (Kind::Number, _, None) => format!(
            "write a number such as 42.5, of at most {WHOLE_DIGITS} digits before the point and {DECIMALS} behind it"
        ),
        (Kind::Number, _, Some(unit)) => format!(
            "write a number such as 42.5 or 42.5 {unit}, of at most {WHOLE_DIGITS} digits before the point and {DECIMALS} behind it"
        ),
        (Kind::Boolean, ..) => "write true or false".to_owned(),
        (Kind::List, true, _) => format!("write texts with {SEPARATOR} between them"),
        (Kind::List, false, _) => format!("write some of {values}, with {SEPARATOR} between them"),
    }
}

fn text(attribute: &Attribute, value: &str) -> Option<String> {
    if attribute.values.is_empty() {
        return Some(value.to_owned());
    }
    attribute.values.iter().map(Allowed::as_str).find(|allowed| folded(allowed) == folded(value)).map(str::to_owned)
}

/// Each text once, in its order.
fn list(attribute: &Attribute, value: &str) -> Result<String, RowCode> {
    let mut kept: Vec<String> = Vec::new();
    for part in value.split(SEPARATOR).map(str::trim) {
        if part.is_empty() {
            return Err(RowCode::WrongType);
        }
        let part = text(attribute, part).ok_or(RowCode::NotAllowed)?;
        if !kept.iter().any(|other| folded(other) == folded(&part)) {
            kept.push(part);
        }
    }
    Ok(kept.join("|"))
}

/// A decimal with no noughts that say nothing, and its unit.
fn number(value: &str, unit: Option<&str>) -> Option<String> {
    let bare = match unit.and_then(|unit| value.strip_suffix(unit)) {
        Some(bare) => bare.trim_end(),
        None => value,
    };
    let (negative, digits) = match bare.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, bare.strip_prefix('+').unwrap_or(bare)),
    };
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let is_digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole, WHOLE_DIGITS) || !decimals.is_none_or(|decimals| is_digits(decimals, DECIMALS)) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.unwrap_or_default().trim_end_matches('0');
    let mut kept = String::new();
    if negative && !(whole.is_empty() && decimals.is_empty()) {
        kept.push('-');
    }
    kept.push_str(if whole.is_empty() { "0" } else { whole });
    if !decimals.is_empty() {
        kept.push('.');
        kept.push_str(decimals);
    }
    if let Some(unit) = unit {
        kept.push(' ');
        kept.push_str(unit);
    }
    Some(kept)
}
