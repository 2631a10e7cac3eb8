//! One run of a seed, from the opening of the shop to the checks.

use std::{cell::RefCell, rc::Rc, time::Duration};

use rialto_dynamo::mutants::is_dropped;
use rialto_lambda::testing::{install, settings};
use serde_json::Value;
use tokio::{
    runtime::Builder,
    task::{LocalSet, spawn_local},
    time::sleep,
};

use crate::{
    asl::{CatchAt, Document, catches, without_catch},
    aws, checks,
    engine::Engine,
    functions::{self, Deployment, STEPS},
    machine::{Machine, Report},
    outside, shoppers,
    tables::{Tables, listen},
    world::{self, World},
};

/// When a run that has not come to its end by itself is called off: longer than a bank transfer is waited for.
const LONGEST: Duration = Duration::from_secs(8 * 24 * 3600);
/// Until when things go wrong on purpose.
const ROUGH: Duration = Duration::from_secs(6 * 3600);
/// Longer than a reservation that is paid by card lives.
const SETTLING: Duration = Duration::from_secs(40 * 60);

/// How a seed is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The workflow.
    pub document: Value,
    /// Whether every line of the record is kept.
    pub trace: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { document: deployed(), trace: false }
    }
}

/// The workflow as it is deployed; without one `Catch` where `make mutants` says so.
#[must_use]
pub fn deployed() -> Value {
    let document = whole();
    let site = |at: &CatchAt| format!("statemachines/checkout.asl.json:{}:{}", at.state, at.index);
    match catches(&document).iter().find(|at| is_dropped(&site(at))) {
        Some(at) => without_catch(&document, &at.state, at.index),
        None => document,
    }
}

/// The workflow with every `Catch`.
fn whole() -> Value {
    let text = include_str!("../../../statemachines/checkout.asl.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("checkout.asl.json: {error}"))
}

/// Every `Catch` that the workflow has, by name. Each has to be taken in some run of a few hundred.
pub(crate) fn every_catch() -> Vec<CatchAt> {
    catches(&whole())
}

/// Runs a seed. The same seed and document is the same run, to the last line of its record.
///
/// # Panics
/// When the document says something that the interpreter does not know.
#[must_use]
pub fn simulate(seed: u64, options: &Options) -> Report {
    let document = Document::read(&options.document, STEPS).unwrap_or_else(|error| panic!("{error}"));
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let local = LocalSet::new();
    let report = local.block_on(&runtime, async {
        let machine = Machine::new(seed, options.trace);
        machine.begin();
        settings(functions::settings());
        let _installed = install(Rc::clone(&machine) as Rc<dyn rialto_lambda::testing::Source>);
        let world = open(&machine, document).await;
        play(&world).await;
        checks::check(&world).await;
        machine.end();
        listen(None);
        machine.report(seed)
    });
    settings(Default::default());
    report
}

pub(crate) async fn open(machine: &Rc<Machine>, document: Document) -> Rc<World> {
    let tables = Tables::new();
    let (sdk, calls) = aws::clients();
    let deployment = Deployment::new(sdk, tables.faulty.clone());
    let engine = Engine::new(Rc::clone(machine), Rc::clone(&deployment), document);
    let world = Rc::new(World {
        machine: Rc::clone(machine),
        deployment,
        engine,
        tables,
        buyers: Default::default(),
        heard: RefCell::default(),
        events: RefCell::default(),
        on_the_way: Default::default(),
        dead_letters: RefCell::default(),
        looked_after: RefCell::default(),
    });
    listen(Some(outside::stream(&world)));
    world::serve(&world, calls);
    let buyers = world::open(&world).await;
    world.buyers.set(buyers).unwrap_or_else(|_| panic!("a shop opens once"));
    world
}

async fn play(world: &Rc<World>) {
    let machine = &world.machine;
    let rough = machine.one_of(&[0, 1, 1, 1, 2, 2, 4]);
    machine.set_rough(rough);
    machine.note(&format!("as rough as {rough}, {} buyers", world.buyers().len()));
    let around = [
        spawn_local(outside::look_after_payments(Rc::clone(world))),
        spawn_local(outside::sweep(Rc::clone(world))),
        spawn_local(outside::jump(Rc::clone(world))),
    ];
    let buying = world.buyers().iter().map(|buyer| spawn_local(shoppers::buy(Rc::clone(world), buyer.clone())));
    let buying: Vec<_> = buying.collect();
    for buyer in buying {
        if let Err(error) = buyer.await {
            machine.fail(format!("a buyer: {error}"));
        }
    }
    while !is_over(world) {
        if machine.elapsed() > ROUGH {
            machine.set_rough(0);
        }
        if machine.elapsed() > LONGEST {
            machine.fail("it does not come to an end");
            break;
        }
        sleep(Duration::from_secs(30)).await;
    }
    machine.set_rough(0);
    outside::redrive(world);
    sleep(SETTLING).await;
    while !is_over(world) && machine.elapsed() < LONGEST + SETTLING {
        sleep(Duration::from_secs(30)).await;
    }
    for task in around {
        task.abort();
    }
    outside::sweep_once(world).await;
    sleep(Duration::from_secs(60)).await;
}

fn is_over(world: &World) -> bool {
    world.engine.is_idle() && world.on_the_way.get() == 0 && world.machine.at_work() == 0
}
