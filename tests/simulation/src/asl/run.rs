//! One execution of a document.

use std::{cell::RefCell, rc::Rc, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    Document,
    document::{Catcher, Choice, Jitter, Retrier, State, Task},
    path::{Path, fill},
};

/// Why a task failed, as Step Functions tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The error's name.
    pub error: String,
    /// The function's error object as JSON text, or a text.
    pub cause: String,
}

impl Failure {
    /// A failure that Step Functions tells by itself.
    #[must_use]
    pub fn of(error: &str, cause: impl Into<String>) -> Self {
        Self { error: error.to_owned(), cause: cause.into() }
    }
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// In a `Succeed`.
    Succeeded,
    /// In a `Fail`, or by an error that nothing caught.
    Failed(Failure),
    /// Someone stopped it.
    Stopped,
}

/// The names of the states that were entered, in order.
pub type Visits = Rc<RefCell<Vec<String>>>;

/// What runs tasks for an execution.
pub trait Tasks {
    /// Invokes a function.
    fn invoke(&self, function: &str, payload: Value) -> impl Future<Output = Result<Value, Failure>>;
    /// A new token, by which a task can be told to go on.
    fn token(&self) -> String;
    /// Resolves when someone has told the task of this token to go on.
    fn told(&self, token: &str) -> impl Future<Output = Value>;
    /// The token is of no use any more.
    fn forget(&self, token: &str);
    /// A random number from 0 to `most`.
    fn up_to(&self, most: u64) -> u64;
    /// Whether a task is down this time: none of its tries is answered.
    fn is_down(&self, state: &str) -> bool;
    /// A `Catch` was taken, the one at this place of its state.
    fn caught(&self, state: &str, place: usize);
    /// For the record.
    fn note(&self, text: &str);
}

/// Runs a document from its start to its end. Every state that is entered is added to `visits`.
pub async fn run<T: Tasks>(document: &Document, input: Value, tasks: &T, visits: &Visits) -> Ended {
    let mut input = input;
    let mut name = document.start_at.clone();
    loop {
        visits.borrow_mut().push(name.clone());
        let Some(state) = document.states.get(&name) else { return runtime(&format!("no state {name}")) };
        let next = match state {
            State::Succeed => return Ended::Succeeded,
            State::Fail(fail) => return Ended::Failed(Failure::of(&fail.error, "")),
            State::Wait(wait) => {
                sleep(Duration::from_secs(wait.seconds)).await;
                Ok((wait.next.clone(), input))
            }
            State::Choice(choice) => chosen(choice, &input).map(|next| (next, input)),
            State::Pass(pass) => {
                let read = match (&pass.result, &pass.input_path) {
                    (Some(result), _) => Ok(result.clone()),
                    (None, path) => at(path.as_deref().unwrap_or("$"), &input),
                };
                read.map(|result| (pass.next.clone(), placed(pass.result_path.as_deref(), input, result)))
            }
            State::Task(task) => match worked(task, &name, &input, tasks).await {
                Ok(result) => selected(task, result).map(|result| {
                    let after = placed(task.result_path.as_deref(), input, result);
                    (task.next.clone(), after)
                }),
                Err(Stopped::Runtime(what)) => Err(what),
                Err(Stopped::Failed(failure)) => match caught(&task.catch, &failure) {
                    None => return Ended::Failed(failure),
                    Some((place, catch)) => {
                        tasks.caught(&name, place);
                        tasks.note(&format!("{name} caught {} -> {}", failure.error, catch.next));
                        let told = json!({ "Error": failure.error, "Cause": failure.cause });
                        Ok((catch.next.clone(), placed(catch.result_path.as_deref(), input, told)))
                    }
                },
            },
        };
        match next {
            Ok((next, output)) => (name, input) = (next, output),
            Err(what) => return runtime(&format!("{name}: {what}")),
        }
    }
}

/// What nothing catches: a mistake in the document.
fn runtime(what: &str) -> Ended {
    Ended::Failed(Failure::of("States.Runtime", what))
}

enum Stopped {
    Failed(Failure),
    Runtime(String),
}

async fn worked<T: Tasks>(task: &Task, name: &str, input: &Value, tasks: &T) -> Result<Value, Stopped> {
    let mut tried = vec![0; task.retry.len()];
    let down = tasks.is_down(name);
    loop {
        let done = if down { unheard(task, input, tasks).await } else { attempt(task, input, tasks).await };
        let failure = match done {
            Err(Stopped::Failed(failure)) => failure,
            done => return done,
        };
        let retry = task.retry.iter().zip(&mut tried).find(|(retry, _)| matches(&retry.error_equals, &failure.error));
        match retry {
            Some((retry, tried)) if *tried < retry.max_attempts => {
                let pause = pause(retry, *tried, tasks);
                *tried += 1;
                tasks.note(&format!("{name} failed with {}, again in {pause:?}", failure.error));
                sleep(pause).await;
            }
            _ => return Err(Stopped::Failed(failure)),
        }
    }
}

async fn attempt<T: Tasks>(task: &Task, input: &Value, tasks: &T) -> Result<Value, Stopped> {
    let seconds = match (&task.timeout_seconds_path, task.timeout_seconds) {
        (Some(path), _) => {
            let seconds = at(path, input).map_err(Stopped::Runtime)?;
            seconds
                .as_u64()
                .filter(|seconds| *seconds > 0)
                .ok_or_else(|| Stopped::Runtime(format!("{path} is {seconds}")))?
        }
        (None, seconds) => seconds.unwrap_or(u64::MAX),
    };
    let until = Instant::now() + Duration::from_secs(seconds);
    let token = tasks.token();
    let context = json!({ "Task": { "Token": token } });
    let payload = fill(task.payload(), input, &context).map_err(Stopped::Runtime)?;
    let function = task.function().unwrap_or_default();
    let work = async {
        if !task.waits() {
            return tasks.invoke(function, payload).await.map(|payload| json!({ "Payload": payload }));
        }
        // It may be told to go on before the function has answered.
        tokio::select! {
            biased;
            told = tasks.told(&token) => Ok(told),
            Err(failure) = tasks.invoke(function, payload) => Err(failure),
        }
    };
    let done = timeout_at(until, work).await;
    tasks.forget(&token);
    done.unwrap_or_else(|_| Err(Failure::of("States.Timeout", ""))).map_err(Stopped::Failed)
}

/// As [`attempt`], but the answer is lost, or the task was not even begun.
async fn unheard<T: Tasks>(task: &Task, input: &Value, tasks: &T) -> Result<Value, Stopped> {
    if !task.waits() && tasks.up_to(1) == 0 {
        // Done, or refused: nobody hears of it.
        let _ = attempt(task, input, tasks).await;
    }
    Err(Stopped::Failed(Failure::of("Lambda.Unknown", "The function did not answer.")))
}

fn pause<T: Tasks>(retry: &Retrier, tried: u32, tasks: &T) -> Duration {
    let tried = i32::try_from(tried).unwrap_or(i32::MAX);
    let millis = f64::from(retry.interval_seconds) * retry.backoff_rate.powi(tried) * 1000.0;
    let longest = retry.max_delay_seconds.map_or(f64::MAX, |seconds| f64::from(seconds) * 1000.0);
    let millis = millis.min(longest).min(1e15) as u64;
    Duration::from_millis(match retry.jitter_strategy {
        Some(Jitter::Full) => tasks.up_to(millis),
        Some(Jitter::None) | None => millis,
    })
}

fn matches(names: &[String], error: &str) -> bool {
    names.iter().any(|name| name == error || name == "States.ALL")
}

fn caught<'c>(catchers: &'c [Catcher], failure: &Failure) -> Option<(usize, &'c Catcher)> {
    catchers.iter().enumerate().find(|(_, catch)| matches(&catch.error_equals, &failure.error))
}

fn chosen(choice: &Choice, input: &Value) -> Result<String, String> {
    for rule in &choice.choices {
        let value = at(&rule.variable, input)?;
        let holds = match (&rule.string_equals, rule.is_string) {
            (Some(text), _) => value.as_str() == Some(text),
            (None, is_string) => Some(value.is_string()) == is_string,
        };
        if holds {
            return Ok(rule.next.clone());
        }
    }
    Ok(choice.default.clone())
}

fn selected(task: &Task, result: Value) -> Result<Value, String> {
    match &task.result_selector {
        Some(selector) => fill(selector, &result, &Value::Null),
        None => Ok(result),
    }
}

fn placed(path: Option<&str>, input: Value, result: Value) -> Value {
    match path.map(Path::parse) {
        Some(Ok(path)) => path.write(input, result),
        _ => input,
    }
}

fn at(path: &str, input: &Value) -> Result<Value, String> {
    let found = Path::parse(path).ok().and_then(|path| path.read(input, &Value::Null).cloned());
    found.ok_or_else(|| format!("nothing at {path}"))
}
