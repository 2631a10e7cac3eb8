//! Separators inside names and values, preceded by `\`.

/// The characters that mean something in the text of filters.
const SPECIAL: [char; 4] = [',', '|', ':', '\\'];

/// A `\` that precedes nothing special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadEscape;

/// The parts between separators that have no `\` before them. Escapes stay as they are.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((part, after)) = split_once(rest, separator) {
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

pub(super) fn split_once(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut after_backslash = false;
    let position = text.char_indices().find_map(|(position, c)| {
        let found = c == separator && !after_backslash;
        after_backslash = c == '\\' && !after_backslash;
        found.then_some(position)
    })?;
    let (before, rest) = text.split_at(position);
    rest.strip_prefix(separator).map(|after| (before, after))
}

/// The text that was meant. A special character without its `\` is an error too.
pub(super) fn unescaped(text: &str) -> Result<String, BadEscape> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            plain.push(chars.next().filter(|next| SPECIAL.contains(next)).ok_or(BadEscape)?);
        } else if SPECIAL.contains(&c) {
            return Err(BadEscape);
        } else {
            plain.push(c);
        }
    }
    Ok(plain)
}

/// The text with `\` before each special character.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if SPECIAL.contains(&c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// The index's key of an attribute: `name:value`, of which only the name is escaped, so that no two attributes share one.
pub(super) fn attribute_key(name: &str, value: &str) -> String {
    format!("{}:{value}", escaped(name))
}
