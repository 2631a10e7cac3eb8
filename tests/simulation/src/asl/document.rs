//! The document: every field by name, and nothing that is not known.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use serde_json::Value;

use super::path::{self, Path};

/// What a document says that the interpreter does not know.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsupported(pub(super) String);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the interpreter does not know {}", self.0)
    }
}

impl std::error::Error for Unsupported {}

/// A state machine.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) start_at: String,
    pub(super) states: BTreeMap<String, State>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawDocument {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    start_at: String,
    states: BTreeMap<String, Value>,
}

#[derive(Debug, Clone)]
pub(super) enum State {
    Task(Box<Task>),
    Choice(Choice),
    Pass(Pass),
    Wait(Wait),
    Succeed,
    Fail(Fail),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Task {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    resource: Resource,
    parameters: Parameters,
    pub(super) timeout_seconds: Option<u64>,
    pub(super) timeout_seconds_path: Option<String>,
    pub(super) result_selector: Option<Value>,
    /// Absent is `$`; null keeps the input.
    #[serde(default = "whole")]
    pub(super) result_path: Option<String>,
    #[serde(default)]
    pub(super) retry: Vec<Retrier>,
    #[serde(default)]
    pub(super) catch: Vec<Catcher>,
    pub(super) next: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Resource {
    #[serde(rename = "arn:${Partition}:states:::lambda:invoke")]
    Invoke,
    #[serde(rename = "arn:${Partition}:states:::lambda:invoke.waitForTaskToken")]
    InvokeAndWait,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Parameters {
    function_name: String,
    payload: Value,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Retrier {
    pub(super) error_equals: Vec<String>,
    #[serde(default = "one")]
    pub(super) interval_seconds: u32,
    #[serde(default = "two")]
    pub(super) backoff_rate: f64,
    pub(super) max_delay_seconds: Option<u32>,
    #[serde(default = "three")]
    pub(super) max_attempts: u32,
    pub(super) jitter_strategy: Option<Jitter>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum Jitter {
    #[serde(rename = "FULL")]
    Full,
    #[serde(rename = "NONE")]
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Catcher {
    pub(super) error_equals: Vec<String>,
    #[serde(default = "whole")]
    pub(super) result_path: Option<String>,
    pub(super) next: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Choice {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    pub(super) choices: Vec<Rule>,
    pub(super) default: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) variable: String,
    pub(super) is_string: Option<bool>,
    pub(super) string_equals: Option<String>,
    pub(super) next: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Pass {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    #[serde(default, deserialize_with = "some")]
    pub(super) result: Option<Value>,
    pub(super) input_path: Option<String>,
    #[serde(default = "whole")]
    pub(super) result_path: Option<String>,
    pub(super) next: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Wait {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    pub(super) seconds: u64,
    pub(super) next: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct End {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Fail {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    pub(super) error: String,
}

fn whole() -> Option<String> {
    Some("$".to_owned())
}

fn one() -> u32 {
    1
}

fn two() -> f64 {
    2.0
}

fn three() -> u32 {
    3
}

fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Task {
    /// The function's name without the stage, such as `orders-create-order`.
    pub(super) fn function(&self) -> Option<&str> {
        const ARN: &str = "arn:${Partition}:lambda:${Region}:${AccountId}:function:${Stage}-";
        self.parameters.function_name.strip_prefix(ARN)
    }

    pub(super) fn payload(&self) -> &Value {
        &self.parameters.payload
    }

    pub(super) fn waits(&self) -> bool {
        self.resource == Resource::InvokeAndWait
    }

    fn check(&self) -> Result<(), Unsupported> {
        if self.function().is_none() {
            return Err(Unsupported(format!("the function name {}", self.parameters.function_name)));
        }
        if self.timeout_seconds.is_some() == self.timeout_seconds_path.is_some() {
            return Err(Unsupported("a task without one time-out".to_owned()));
        }
        path::check(&self.parameters.payload)?;
        self.result_selector.iter().try_for_each(path::check)?;
        let caught = self.catch.iter().flat_map(|catch| &catch.result_path);
        for path in self.timeout_seconds_path.iter().chain(&self.result_path).chain(caught) {
            of_state(path)?;
        }
        let errors = self.retry.iter().flat_map(|it| &it.error_equals);
        for error in errors.chain(self.catch.iter().flat_map(|it| &it.error_equals)) {
            if error.contains('.') && !["States.ALL", "States.Timeout"].contains(&error.as_str()) {
                return Err(Unsupported(format!("the error {error}")));
            }
        }
        Ok(())
    }
}

fn of_state(path: &str) -> Result<(), Unsupported> {
    let parsed = Path::parse(path)?;
    if parsed.is_context() { Err(Unsupported(format!("{path} here"))) } else { Ok(()) }
}

impl State {
    fn read(name: &str, mut value: Value) -> Result<Self, Unsupported> {
        fn of<T: serde::de::DeserializeOwned>(name: &str, value: Value) -> Result<T, Unsupported> {
            serde_json::from_value(value).map_err(|error| Unsupported(format!("{name}: {error}")))
        }
        let kind = value.as_object_mut().and_then(|map| map.remove("Type"));
        let state = match kind.as_ref().and_then(Value::as_str) {
            Some("Task") => Self::Task(of(name, value)?),
            Some("Choice") => Self::Choice(of(name, value)?),
            Some("Pass") => Self::Pass(of(name, value)?),
            Some("Wait") => Self::Wait(of(name, value)?),
            Some("Succeed") => of::<End>(name, value).map(|_| Self::Succeed)?,
            Some("Fail") => Self::Fail(of(name, value)?),
            _ => return Err(Unsupported(format!("{name}: its type"))),
        };
        match &state {
            Self::Task(task) => task.check()?,
            Self::Pass(pass) => pass.input_path.iter().chain(&pass.result_path).try_for_each(|path| of_state(path))?,
            Self::Choice(choice) => {
                for rule in &choice.choices {
                    of_state(&rule.variable)?;
                    if rule.is_string.is_some() == rule.string_equals.is_some() {
                        return Err(Unsupported(format!("{name}: a rule without one test")));
                    }
                }
            }
            Self::Wait(_) | Self::Succeed | Self::Fail(_) => {}
        }
        Ok(state)
    }

    fn successors(&self) -> Vec<&String> {
        match self {
            Self::Task(task) => task.catch.iter().map(|catch| &catch.next).chain([&task.next]).collect(),
            Self::Choice(choice) => choice.choices.iter().map(|rule| &rule.next).chain([&choice.default]).collect(),
            Self::Pass(pass) => vec![&pass.next],
            Self::Wait(wait) => vec![&wait.next],
            Self::Succeed | Self::Fail(_) => Vec::new(),
        }
    }
}

impl Document {
    /// Reads a document, and refuses it when it names a function that is not among `functions`.
    ///
    /// # Errors
    /// [`Unsupported`] for anything that the interpreter would have to ignore.
    pub fn read(document: &Value, functions: &[&str]) -> Result<Self, Unsupported> {
        let raw: RawDocument =
            serde_json::from_value(document.clone()).map_err(|error| Unsupported(error.to_string()))?;
        let read = |(name, state): (String, Value)| Ok((name.clone(), State::read(&name, state)?));
        let states: BTreeMap<String, State> = raw.states.into_iter().map(read).collect::<Result<_, _>>()?;
        for next in states.values().flat_map(State::successors).chain([&raw.start_at]) {
            if !states.contains_key(next) {
                return Err(Unsupported(format!("the state {next}")));
            }
        }
        let document = Self { start_at: raw.start_at, states };
        let unknown = document.functions().find(|name| !functions.contains(name)).map(ToOwned::to_owned);
        unknown.map_or(Ok(document), |name| Err(Unsupported(format!("the function {name}"))))
    }

    /// The functions that it calls.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.states.values().filter_map(|state| match state {
            State::Task(task) => task.function(),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(state: &Value) -> String {
        let document = json!({"StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}}});
        Document::read(&document, &["x-y"]).unwrap_err().to_string()
    }

    fn task() -> Value {
        json!({"Type": "Task", "Resource": "arn:${Partition}:states:::lambda:invoke", "TimeoutSeconds": 5, "Next": "B",
            "Parameters": {"FunctionName": "arn:${Partition}:lambda:${Region}:${AccountId}:function:${Stage}-x-y", "Payload": {}}})
    }

    #[test]
    fn given_a_document_with_anything_unknown_when_read_then_it_is_refused_with_its_name() {
        let ok = json!({"StartAt": "A", "States": {"A": task(), "B": {"Type": "Succeed"}}});
        assert!(Document::read(&ok, &["x-y"]).is_ok());
        assert!(Document::read(&ok, &["x-z"]).unwrap_err().to_string().contains("x-y"));
        for (pointer, value, told) in [
            ("/HeartbeatSeconds", json!(1), "HeartbeatSeconds"),
            ("/OutputPath", json!("$.a"), "OutputPath"),
            ("/Resource", json!("arn:${Partition}:states:::sqs:sendMessage"), "sqs"),
            ("/Parameters/Qualifier", json!("1"), "Qualifier"),
            ("/Parameters/FunctionName", json!("x-y"), "x-y"),
            ("/Parameters/Payload", json!({"a.$": "States.UUID()"}), "UUID"),
            ("/Retry", json!([{"ErrorEquals": ["States.TaskFailed"]}]), "TaskFailed"),
            ("/Retry", json!([{"ErrorEquals": ["A"], "Odd": 1}]), "Odd"),
            ("/Catch", json!([{"ErrorEquals": ["A"], "Next": "Nowhere"}]), "Nowhere"),
            ("/Next", json!("Nowhere"), "Nowhere"),
            ("/End", json!(true), "End"),
            ("/TimeoutSecondsPath", json!("$.a"), "time-out"),
        ] {
            let mut state = task();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            state.pointer_mut(parent).unwrap()[name] = value;
            assert!(refusal(&state).contains(told), "{pointer}: {}", refusal(&state));
        }
        assert!(refusal(&json!({"Type": "Map"})).contains("its type"));
        assert!(refusal(&json!({"Type": "Parallel", "Branches": []})).contains("its type"));
    }
}
