//! The document's `Catch`es by name, and the document without one of them.

use serde_json::Value;

/// A `Catch`: the state it is of, and its place in the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatchAt {
    /// The state.
    pub state: String,
    /// From 0.
    pub index: usize,
    /// Whether it takes every error.
    pub all: bool,
}

impl std::fmt::Display for CatchAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.Catch[{}]", self.state, self.index)
    }
}

/// Every `Catch` of a document.
#[must_use]
pub fn catches(document: &Value) -> Vec<CatchAt> {
    let states = document.get("States").and_then(Value::as_object).into_iter().flatten();
    let all = states.flat_map(|(state, body)| {
        let catches = body.get("Catch").and_then(Value::as_array).into_iter().flatten();
        catches.enumerate().map(|(index, catch)| {
            let all = catch.pointer("/ErrorEquals/0").is_some_and(|error| error == "States.ALL");
            CatchAt { state: state.clone(), index, all }
        })
    });
    all.collect()
}

/// The document without that `Catch`; as it is when there is none such.
#[must_use]
pub fn without_catch(document: &Value, state: &str, index: usize) -> Value {
    let mut document = document.clone();
    let catches = document.get_mut("States").and_then(|it| it.get_mut(state)).and_then(|it| it.get_mut("Catch"));
    if let Some(catches) = catches.and_then(Value::as_array_mut).filter(|catches| index < catches.len()) {
        catches.remove(index);
    }
    document
}
