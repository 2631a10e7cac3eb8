//! `statemachines/checkout.asl.json`, one state at a time: what the model does next is what the document says.
//!
//! What the document does not use is not known here, and ends the model with the name of the state.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A document.
#[derive(Debug, Clone)]
pub struct Document(Value);

/// Where a run is: in a task, or at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The state's name.
    pub state: String,
    /// The run's data.
    pub data: Value,
}

/// What a task's error leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    /// Whether the task may be tried again.
    pub retried: bool,
    /// Where the run goes when it is not, if the document says so and the retries can be over.
    pub caught: Option<Place>,
}

/// Retries that last for days are not modelled as coming to an end: the run then fails, and another one settles what it left.
const ENDLESS: u64 = 1000;

/// The document as it is deployed.
///
/// # Panics
/// When it is no JSON.
#[must_use]
#[allow(clippy::expect_used, reason = "the document is a part of the build")]
pub fn checkout() -> Document {
    let text = include_str!("../../../statemachines/checkout.asl.json");
    Document(serde_json::from_str(text).expect("JSON"))
}

impl Document {
    /// The document with one of its values replaced, for models that must fail.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        match self.0.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => unknown(pointer, "no such place"),
        }
        self
    }

    /// A state's body.
    #[must_use]
    pub fn state(&self, name: &str) -> &Value {
        self.0.get("States").and_then(|states| states.get(name)).unwrap_or_else(|| unknown(name, "no such state"))
    }

    /// The first state.
    #[must_use]
    pub fn start(&self) -> String {
        text(&self.0, "StartAt")
    }

    /// The function that a task calls, without the stage; none of other states.
    #[must_use]
    pub fn function(&self, state: &str) -> Option<&str> {
        let name = self.state(state).pointer("/Parameters/FunctionName")?.as_str()?;
        name.rsplit_once("${Stage}-").map(|(_, function)| function)
    }

    /// Whether the run is over there.
    #[must_use]
    pub fn ends(&self, state: &str) -> bool {
        matches!(self.state(state).get("Type").and_then(Value::as_str), Some("Succeed" | "Fail"))
    }

    /// What a task's function is given.
    #[must_use]
    pub fn payload(&self, place: &Place) -> Value {
        let template = self.state(&place.state).pointer("/Parameters/Payload").cloned().unwrap_or_default();
        filled(&template, &place.data, &place.state)
    }

    /// The next place after a task's answer.
    #[must_use]
    pub fn answered(&self, place: &Place, answer: &Value) -> Place {
        let state = self.state(&place.state);
        let answer = json!({ "Payload": answer });
        let selected = state.get("ResultSelector").map_or(answer.clone(), |it| filled(it, &answer, &place.state));
        let data = put(&place.data, state.get("ResultPath"), selected, &place.state);
        self.onward(Place { state: text(state, "Next"), data })
    }

    /// What a task's error leads to.
    #[must_use]
    pub fn failed(&self, place: &Place, error: &str, cause: &str) -> Caught {
        let state = self.state(&place.state);
        let of = |name: &str| state.get(name).and_then(Value::as_array).into_iter().flatten();
        let matching = |one: &&Value| {
            let names = one.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten();
            names.filter_map(Value::as_str).any(|name| name == error || name == "States.ALL")
        };
        let tries =
            of("Retry").find(matching).and_then(|it| it.get("MaxAttempts")).and_then(Value::as_u64).unwrap_or(0);
        let catch = of("Catch").find(matching).filter(|_| tries < ENDLESS);
        let caught = catch.map(|catch| {
            let failure = json!({ "Error": error, "Cause": cause });
            let data = put(&place.data, catch.get("ResultPath"), failure, &place.state);
            self.onward(Place { state: text(catch, "Next"), data })
        });
        Caught { retried: tries > 0, caught }
    }

    /// The parts of a run's data that are read in this state, or in one that can follow.
    #[must_use]
    pub fn live(&self, state: &str) -> BTreeSet<String> {
        let (mut seen, mut todo, mut names) = (BTreeSet::new(), vec![state.to_owned()], BTreeSet::new());
        while let Some(name) = todo.pop() {
            if seen.insert(name.clone()) {
                let body = self.state(&name);
                read(body, &mut names);
                let of = |name: &str| body.get(name).and_then(Value::as_array).into_iter().flatten();
                let next = of("Catch").chain(of("Choices")).chain([body]);
                let next = next.flat_map(|one| [one.get("Next"), one.get("Default")]).flatten();
                todo.extend(next.filter_map(Value::as_str).map(str::to_owned));
            }
        }
        names
    }

    /// Goes through what is decided without a task.
    #[must_use]
    pub fn onward(&self, mut place: Place) -> Place {
        loop {
            let state = self.state(&place.state);
            match state.get("Type").and_then(Value::as_str) {
                Some("Task" | "Succeed" | "Fail") => return place,
                Some("Choice") => place.state = chosen(state, &place),
                Some("Pass") => {
                    let input = state.get("InputPath").and_then(Value::as_str).map_or("$", |path| path);
                    let result =
                        state.get("Result").cloned().unwrap_or_else(|| found(&place.data, input, &place.state));
                    place.data = put(&place.data, state.get("ResultPath"), result, &place.state);
                    place.state = text(state, "Next");
                }
                _ => unknown(&place.state, "its type"),
            }
        }
    }
}

/// Gathers the first names of the paths in a state's body, but for those that are written to.
fn read(body: &Value, names: &mut BTreeSet<String>) {
    match body {
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "ResultPath").for_each(|(_, value)| read(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| read(value, names)),
        Value::String(text) => {
            let name = text.strip_prefix("$.").and_then(|path| path.split('.').next());
            names.extend(name.map(str::to_owned));
        }
        _ => {}
    }
}

fn chosen(state: &Value, place: &Place) -> String {
    let rules = state.get("Choices").and_then(Value::as_array).into_iter().flatten();
    for rule in rules {
        let value = found(&place.data, &text(rule, "Variable"), &place.state);
        let holds = match (rule.get("IsString"), rule.get("StringEquals")) {
            (Some(wanted), None) => Some(value.is_string()) == wanted.as_bool(),
            (None, Some(wanted)) => &value == wanted,
            _ => unknown(&place.state, "a rule"),
        };
        if holds {
            return text(rule, "Next");
        }
    }
    text(state, "Default")
}

fn filled(template: &Value, data: &Value, state: &str) -> Value {
    match template {
        Value::Object(fields) => {
            let filled = fields.iter().map(|(name, value)| match (name.strip_suffix(".$"), value.as_str()) {
                (Some(name), Some("$$.Task.Token")) => (name.to_owned(), json!("token")),
                (Some(name), Some(path)) => (name.to_owned(), found(data, path, state)),
                _ => (name.clone(), filled(value, data, state)),
            });
            Value::Object(filled.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn found(data: &Value, path: &str, state: &str) -> Value {
    let Some(rest) = path.strip_prefix('$') else { unknown(state, path) };
    let value = data.pointer(&rest.replace('.', "/"));
    value.cloned().unwrap_or_else(|| unknown(state, path))
}

/// The data with a result where the path says: the whole if it is absent, nowhere if it is null.
fn put(data: &Value, path: Option<&Value>, result: Value, state: &str) -> Value {
    let path = match path {
        None => return result,
        Some(Value::Null) => return data.clone(),
        Some(path) => path.as_str().unwrap_or_default(),
    };
    let Some(names) = path.strip_prefix("$.") else { unknown(state, path) };
    let mut data = data.clone();
    let mut place = &mut data;
    for name in names.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        let Some(fields) = place.as_object_mut() else { unknown(state, path) };
        place = fields.entry(name).or_insert(Value::Null);
    }
    *place = result;
    data
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).map_or_else(|| unknown(name, "is missing"), str::to_owned)
}

#[allow(clippy::panic, reason = "a document that is not understood must not be checked as if it was")]
fn unknown(state: &str, what: &str) -> ! {
    panic!("the model does not understand {state}: {what}")
}
