//! Reading JSON bodies and query strings, with problems that say exactly what is wrong.

mod document;
mod query_text;

use http::{HeaderMap, header};
use serde::de::{DeserializeOwned, value::MapDeserializer};
use serde_path_to_error::{Deserializer as Tracked, Path, Segment, Track};

use document::Document;
use query_text::{Text, Wrong};

use crate::{
    code,
    problem::{Fault, Problem},
};

/// The largest JSON body, in bytes, unless a route says otherwise.
pub(crate) const LIMIT: usize = 256 * 1024;

pub(crate) fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8], limit: usize) -> Result<T, Problem> {
    if !is_json(headers) {
        return Err(Problem::of(code::UNSUPPORTED_MEDIA_TYPE));
    }
    if body.len() > limit {
        return Err(Problem::of(code::PAYLOAD_TOO_LARGE).detail(format!("at most {limit} bytes")));
    }
    let document: Document = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    if let Some(pointer) = document.card_number() {
        return Err(Problem::of(code::CARD_NUMBER_REFUSED).error(
            pointer,
            Fault::NotAllowed,
            "looks like a card number",
        ));
    }
    let mut track = Track::new();
    let mut unknown = None;
    let read = serde_ignored::deserialize(Tracked::new(&document, &mut track), |path| {
        unknown.get_or_insert_with(|| pointer_of(&path));
    });
    match (read, unknown) {
        (Err(wrong), _) => Err(refusal(&wrong.0, &track.path())),
        (Ok(_), Some(pointer)) => {
            Err(Problem::of(code::INVALID_BODY).error(pointer, Fault::Unknown, "there is no such field"))
        }
        (Ok(value), None) => Ok(value),
    }
}

pub(crate) fn query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default();
    let mut track = Track::new();
    let mut unknown = None;
    let texts = MapDeserializer::<_, Wrong>::new(pairs.iter().map(|(name, value)| (name.as_str(), Text(value))));
    let read = serde_ignored::deserialize(Tracked::new(texts, &mut track), |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    let problem = Problem::of(code::INVALID_QUERY);
    match (read, unknown) {
        (_, Some(name)) => Err(problem.parameter(name, Fault::Unknown, "there is no such parameter")),
        (Err(Wrong(message)), None) => {
            let (fault, field) = fault_of(&message);
            let name = field.map_or_else(|| track.path().to_string(), ToOwned::to_owned);
            Err(problem.parameter(name, fault, message))
        }
        (Ok(value), None) => Ok(value),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// 400 where the JSON cannot be read as this shape; 422 where a value of the right shape is missing or refused.
fn refusal(message: &str, path: &Path) -> Problem {
    let (fault, field) = fault_of(message);
    let mut pointer = pointer(path);
    if let (Some(field), Fault::Required | Fault::Unknown | Fault::Duplicate) = (field, fault) {
        let end = format!("/{}", escaped(field));
        if !(fault != Fault::Required && pointer.ends_with(&end)) {
            pointer.push_str(&end);
        }
    }
    let code = match fault {
        Fault::WrongType | Fault::Unknown | Fault::Duplicate => code::INVALID_BODY,
        _ => code::INVALID_VALUE,
    };
    Problem::of(code).error(pointer, fault, message)
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::of(code::MALFORMED_JSON).detail(error.to_string())
}

/// Serde's own messages begin in fixed ways; any other message comes from a type that refused the value. The
/// second part is the field, where the message and not the path names it.
fn fault_of(message: &str) -> (Fault, Option<&str>) {
    const STARTS: [(&str, Fault); 7] = [
        ("missing field", Fault::Required),
        ("unknown field", Fault::Unknown),
        ("duplicate field", Fault::Duplicate),
        ("invalid type", Fault::WrongType),
        ("unknown variant", Fault::NotAllowed),
        ("invalid value", Fault::OutOfRange),
        ("invalid length", Fault::OutOfRange),
    ];
    let known = STARTS.iter().find(|(start, _)| message.starts_with(start));
    match known {
        Some((_, fault @ (Fault::Required | Fault::Unknown | Fault::Duplicate))) => (*fault, message.split('`').nth(1)),
        Some((_, fault)) => (*fault, None),
        None => (Fault::NotAllowed, None),
    }
}

fn pointer(path: &Path) -> String {
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", escaped(key))),
        // The variant of a tagged enum is no step into the document.
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    segments.collect()
}

fn pointer_of(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", pointer_of(parent)),
        Path::Map { parent, key } => format!("{}/{}", pointer_of(parent), escaped(key)),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => pointer_of(parent),
    }
}

fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;
