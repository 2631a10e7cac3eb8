//! Reference paths (`$.a.b`) and payload templates (`"name.$": "$.a"`). Nothing else of JSONPath, and no intrinsic function.

use serde_json::{Map, Value};

use super::document::Unsupported;

/// `$`, `$.a.b`, or with `$$` the same of the context object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    of_context: bool,
    names: Vec<String>,
}

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, Unsupported> {
        let unsupported = || Unsupported(format!("the path {text:?}"));
        let (of_context, rest) = match text.strip_prefix("$$") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('$').ok_or_else(unsupported)?),
        };
        let names: Vec<String> = match rest.strip_prefix('.') {
            Some(names) => names.split('.').map(ToOwned::to_owned).collect(),
            None if rest.is_empty() => Vec::new(),
            None => return Err(unsupported()),
        };
        let plain = |name: &String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let known = !of_context || names == ["Task", "Token"];
        if names.iter().all(plain) && known { Ok(Self { of_context, names }) } else { Err(unsupported()) }
    }

    pub(super) fn read<'v>(&self, input: &'v Value, context: &'v Value) -> Option<&'v Value> {
        let from = if self.of_context { context } else { input };
        self.names.iter().try_fold(from, |value, name| value.get(name))
    }

    /// `input` with `value` here; what is in the way becomes an object.
    pub(super) fn write(&self, input: Value, value: Value) -> Value {
        let Some((first, rest)) = self.names.split_first() else { return value };
        let mut map = match input {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let inner = map.remove(first).unwrap_or_default();
        let rest = Self { of_context: false, names: rest.to_vec() };
        map.insert(first.clone(), rest.write(inner, value));
        Value::Object(map)
    }

    pub(super) fn is_context(&self) -> bool {
        self.of_context
    }
}

/// Checks every path of a template.
pub(super) fn check(template: &Value) -> Result<(), Unsupported> {
    match template {
        Value::Object(map) => map.iter().try_for_each(|(name, value)| match name.strip_suffix(".$") {
            Some(_) => {
                let text = value.as_str().ok_or_else(|| Unsupported(format!("{name} is no text")))?;
                Path::parse(text).map(drop)
            }
            None => check(value),
        }),
        Value::Array(_) => Err(Unsupported("an array in a template".to_owned())),
        Value::String(text) if text.starts_with("States.") => Err(Unsupported(format!("the function {text}"))),
        _ => Ok(()),
    }
}

/// The template with its paths filled in; the path that leads nowhere.
pub(super) fn fill(template: &Value, input: &Value, context: &Value) -> Result<Value, String> {
    let Value::Object(map) = template else { return Ok(template.clone()) };
    let filled = map.iter().map(|(name, value)| match name.strip_suffix(".$") {
        None => Ok((name.clone(), fill(value, input, context)?)),
        Some(name) => {
            let text = value.as_str().unwrap_or_default();
            let found = Path::parse(text).ok().and_then(|path| path.read(input, context).cloned());
            Ok((name.to_owned(), found.ok_or_else(|| text.to_owned())?))
        }
    });
    filled.collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn given_paths_that_our_documents_do_not_use_when_read_then_each_is_refused() {
        for path in ["a", "$a", "$.", "$.a[0]", "$..a", "$.a.*", "$$.Execution.Id", "$.a-b", "States.UUID()"] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
        assert!(check(&json!({"a": {"b.$": "States.Format('{}', $.x)"}})).is_err());
        assert!(check(&json!({"a.$": 1})).is_err());
        assert!(check(&json!({"a": ["$.x"]})).is_err());
    }

    #[test]
    fn given_a_template_when_filled_then_nulls_stay_and_missing_paths_are_told() {
        let input = json!({"a": {"b": null, "c": [1]}});
        let template = json!({"x.$": "$.a.b", "y": {"z.$": "$.a.c"}, "t.$": "$$.Task.Token", "k": "v"});
        let filled = fill(&template, &input, &json!({"Task": {"Token": "T"}}));
        assert_eq!(filled, Ok(json!({"x": null, "y": {"z": [1]}, "t": "T", "k": "v"})));
        assert_eq!(fill(&json!({"x.$": "$.a.d"}), &input, &json!({})), Err("$.a.d".to_owned()));
    }

    #[test]
    fn given_a_result_path_when_written_then_the_rest_stays() {
        let at = |text| Path::parse(text).unwrap();
        assert_eq!(at("$.a.b").write(json!({"a": {"c": 1}, "d": 2}), json!(3)), json!({"a": {"c": 1, "b": 3}, "d": 2}));
        assert_eq!(at("$.a.b").write(json!({"a": 1}), json!(3)), json!({"a": {"b": 3}}));
        assert_eq!(at("$").write(json!({"a": 1}), json!(3)), json!(3));
    }
}
