//! Step Functions: executions by name, each interpreting the document, and the tokens of tasks that wait.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};

use rialto_kernel::Timestamp;
use rialto_lambda::Diagnostic;
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, oneshot},
    task::spawn_local,
    time::sleep,
};

use crate::{
    asl::{self, Document, Ended, Failure, Tasks, Visits},
    aws::{Answer, ServiceError},
    functions::{self, Deployment},
    machine::{Kind, Lost, Machine},
    run::every_catch,
};

/// A run is stopped while at most the function after this many is at work: longer than a run is that goes well.
const LAST_STEP: u64 = 20;

/// One execution.
pub(crate) struct Execution {
    pub(crate) input: Value,
    /// The states that it entered.
    pub(crate) visits: Visits,
    /// How it ended and when, once it has.
    pub(crate) ended: Option<(Ended, Timestamp)>,
}

/// The engine.
pub(crate) struct Engine {
    machine: Rc<Machine>,
    deployment: Rc<Deployment>,
    document: Document,
    /// The state that is down now and then, one a seed: one that says what to do whatever went wrong.
    weak: String,
    executions: RefCell<BTreeMap<String, Execution>>,
    waiting: RefCell<BTreeMap<String, oneshot::Sender<Value>>>,
}

impl Engine {
    pub(crate) fn new(machine: Rc<Machine>, deployment: Rc<Deployment>, document: Document) -> Rc<Self> {
        let (executions, waiting) = (RefCell::default(), RefCell::default());
        let catching: Vec<String> = every_catch().into_iter().filter(|at| at.all).map(|at| at.state).collect();
        let weak = machine.one_of(&catching.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
        Rc::new(Self { machine, deployment, document, weak, executions, waiting })
    }

    /// `StartExecution`: the same name and input is the same execution while it runs.
    pub(crate) fn start(self: &Rc<Self>, name: &str, input: Value) -> Answer {
        let output = json!({ "executionArn": format!("arn:aws:states:us-east-1:0:execution:{name}"), "startDate": 0 });
        let mut executions = self.executions.borrow_mut();
        if let Some(known) = executions.get(name) {
            let same = known.ended.is_none() && known.input == input;
            return if same { Ok(output) } else { Err(ServiceError::Refused("ExecutionAlreadyExists")) };
        }
        let visits = Visits::default();
        let execution = Execution { input: input.clone(), visits: Rc::clone(&visits), ended: None };
        executions.insert(name.to_owned(), execution);
        self.machine.note(&format!("run {name} starts"));
        let (engine, name) = (Rc::clone(self), name.to_owned());
        spawn_local(async move {
            let machine = &engine.machine;
            let stops = machine.strikes(Kind::RunStopped);
            let worker = Worker {
                engine: &engine,
                run: &name,
                left: Cell::new(if stops { 1 + machine.up_to(LAST_STEP) } else { u64::MAX }),
                stop: Notify::new(),
            };
            let stopped = async {
                worker.stop.notified().await;
                sleep(machine.within(Duration::from_secs(1))).await;
            };
            let ended = tokio::select! {
                biased;
                () = stopped => Ended::Stopped,
                ended = asl::run(&engine.document, input, &worker, &visits) => ended,
            };
            engine.machine.note(&format!("run {name} ends: {ended:?}"));
            if let Some(execution) = engine.executions.borrow_mut().get_mut(&name) {
                execution.ended = Some((ended, engine.machine.time()));
            }
        });
        Ok(output)
    }

    /// `DescribeExecution`.
    pub(crate) fn describe(&self, arn: &str) -> Answer {
        let executions = self.executions.borrow();
        let name = arn.rsplit(':').next().unwrap_or_default();
        let execution = executions.get(name).ok_or(ServiceError::Refused("ExecutionDoesNotExist"))?;
        let mut output = json!({
            "executionArn": arn, "stateMachineArn": "arn:aws:states:us-east-1:0:stateMachine:sim-checkout", "startDate": 0,
        });
        output["status"] = match &execution.ended {
            None => "RUNNING",
            Some((Ended::Succeeded, _)) => "SUCCEEDED",
            Some((Ended::Failed(_), _)) => "FAILED",
            Some((Ended::Stopped, _)) => "ABORTED",
        }
        .into();
        if let Some((_, at)) = &execution.ended {
            output["stopDate"] = at.as_second().into();
        }
        Ok(output)
    }

    /// `SendTaskSuccess`.
    pub(crate) fn tell(&self, token: &str, output: Value) -> Answer {
        let waiting = self.waiting.borrow_mut().remove(token);
        let told = waiting.is_some_and(|waiting| waiting.send(output).is_ok());
        if told { Ok(json!({})) } else { Err(ServiceError::Refused("TaskTimedOut")) }
    }

    /// Whether all that was started has ended.
    pub(crate) fn is_idle(&self) -> bool {
        self.executions.borrow().values().all(|execution| execution.ended.is_some())
    }

    pub(crate) fn executions(&self) -> std::cell::Ref<'_, BTreeMap<String, Execution>> {
        self.executions.borrow()
    }
}

struct Worker<'e> {
    engine: &'e Rc<Engine>,
    run: &'e str,
    /// How many more functions are invoked until it is stopped.
    left: Cell<u64>,
    stop: Notify,
}

impl Tasks for Worker<'_> {
    async fn invoke(&self, function: &str, payload: Value) -> Result<Value, Failure> {
        self.left.set(self.left.get().saturating_sub(1));
        if self.left.get() == 0 {
            self.stop.notify_one();
        }
        let step =
            functions::step(function).ok_or_else(|| Failure::of("Lambda.ResourceNotFoundException", function))?;
        let deployment = Rc::clone(&self.engine.deployment);
        let work = move || (step.run)(Rc::clone(&deployment), payload.clone());
        match self.engine.machine.invoke(function, step.limit, work).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(diagnostic)) => Err(told(&diagnostic)),
            Err(Lost::Died) => Err(Failure::of("Lambda.Unknown", "The function did not answer.")),
            Err(Lost::TimedOut) => {
                Err(Failure::of("Sandbox.Timedout", json!({ "errorType": "Sandbox.Timedout" }).to_string()))
            }
        }
    }

    fn token(&self) -> String {
        format!("{}-{:016x}", self.run, self.engine.machine.up_to(u64::MAX))
    }

    async fn told(&self, token: &str) -> Value {
        let (tell, told) = oneshot::channel();
        self.engine.waiting.borrow_mut().insert(token.to_owned(), tell);
        match told.await {
            Ok(output) => output,
            Err(_) => std::future::pending().await,
        }
    }

    fn forget(&self, token: &str) {
        self.engine.waiting.borrow_mut().remove(token);
    }

    fn up_to(&self, most: u64) -> u64 {
        self.engine.machine.up_to(most)
    }

    fn is_down(&self, state: &str) -> bool {
        state == self.engine.weak && self.engine.machine.strikes(Kind::StepDown)
    }

    fn caught(&self, state: &str, place: usize) {
        self.engine.machine.count(format!("caught {}", format_args!("{state}.Catch[{place}]")));
    }

    fn note(&self, text: &str) {
        self.engine.machine.note(&format!("{} {text}", self.run));
    }
}

/// The error as the integration with Lambda hands it on: the function's own error object is the cause.
fn told(diagnostic: &Diagnostic) -> Failure {
    let cause = serde_json::to_string(diagnostic).unwrap_or_default();
    Failure { error: diagnostic.error_type.clone(), cause }
}
