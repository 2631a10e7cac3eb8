//! The machine that everything runs on: its clock, its chance, its faults, and the record of what happened.
//!
//! All of it is one thread's, and drawn from one seed. Time is tokio's, stopped: it jumps to the next timer when nothing can
//! go on. Every line of the record goes into a hash, so that two runs of a seed can be compared.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rialto_kernel::{SignedDuration, Timestamp};
use rialto_lambda::testing::Source;
use tokio::{
    sync::{Notify, oneshot},
    task::spawn_local,
    time::{Instant, sleep},
};

pub use crate::kind::Kind;

/// 2026-01-05, a Monday.
const BEGIN: i64 = 1_767_571_200;

tokio::task_local! {
    static INVOCATION: Arc<Invocation>;
}

thread_local! {
    static MACHINE: RefCell<Option<Rc<Machine>>> = const { RefCell::new(None) };
}

/// One run of a function.
#[derive(Debug)]
struct Invocation {
    name: String,
    /// How far its clock is off.
    skew: SignedDuration,
    killed: Arc<Notify>,
}

/// What is lost of a function's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It died, or its answer did not arrive.
    Died,
    /// It did not answer in time, and was ended.
    TimedOut,
}

/// The machine.
pub struct Machine {
    rng: RefCell<StdRng>,
    began: Instant,
    jumped: Cell<SignedDuration>,
    /// How often faults happen, as a multiple of a mild run; 0 is never.
    rough: Cell<u64>,
    record: RefCell<Record>,
    invocations: Cell<u64>,
    at_work: Cell<u64>,
}

#[derive(Default)]
struct Record {
    hasher: DefaultHasher,
    lines: Option<Vec<String>>,
    faults: BTreeMap<Kind, u64>,
    counts: BTreeMap<String, u64>,
    failures: Vec<String>,
}

impl Machine {
    /// A machine of this seed, without faults yet. With `trace` it keeps every line of its record.
    #[must_use]
    pub fn new(seed: u64, trace: bool) -> Rc<Self> {
        let record = Record { lines: trace.then(Vec::new), ..Record::default() };
        Rc::new(Self {
            rng: RefCell::new(StdRng::seed_from_u64(seed)),
            began: Instant::now(),
            jumped: Cell::new(SignedDuration::ZERO),
            rough: Cell::new(0),
            record: RefCell::new(record),
            invocations: Cell::new(0),
            at_work: Cell::new(0),
        })
    }

    /// Makes this the machine that tables of this thread ask.
    pub(crate) fn begin(self: &Rc<Self>) {
        MACHINE.set(Some(Rc::clone(self)));
    }

    /// The machine of this thread; none where nothing is simulated any more.
    pub(crate) fn current() -> Option<Rc<Self>> {
        MACHINE.with_borrow(Clone::clone)
    }

    pub(crate) fn end(&self) {
        MACHINE.set(None);
    }

    /// How often faults happen from now on.
    pub(crate) fn set_rough(&self, rough: u64) {
        self.rough.set(rough);
    }

    /// A random number from 0 to `most`.
    pub(crate) fn up_to(&self, most: u64) -> u64 {
        self.rng.borrow_mut().random_range(0..=most)
    }

    /// A random one of these.
    pub(crate) fn one_of<T: Copy>(&self, all: &[T]) -> T {
        let last = u64::try_from(all.len() - 1).unwrap_or_default();
        all[usize::try_from(self.up_to(last)).unwrap_or_default()]
    }

    /// Whether something happens that happens in so many of a hundred.
    pub(crate) fn percent(&self, share: u64) -> bool {
        self.up_to(99) < share
    }

    /// A time from nothing to `longest`.
    pub(crate) fn within(&self, longest: Duration) -> Duration {
        Duration::from_millis(self.up_to(u64::try_from(longest.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Whether this goes wrong now; counted.
    pub(crate) fn strikes(&self, kind: Kind) -> bool {
        let strikes = self.up_to(9_999) < kind.share() * self.rough.get();
        if strikes {
            *self.record.borrow_mut().faults.entry(kind).or_default() += 1;
            self.note(&format!("! {kind:?}"));
        }
        strikes
    }

    /// Writes a line into the record, with the time and the function that runs.
    pub(crate) fn note(&self, text: &str) {
        let millis = self.began.elapsed().as_millis();
        let name = INVOCATION.try_with(|invocation| invocation.name.clone()).unwrap_or_default();
        let mut record = self.record.borrow_mut();
        (millis, &name, text).hash(&mut record.hasher);
        if let Some(lines) = &mut record.lines {
            lines.push(format!("{:>12.3} {name:<34} {text}", millis as f64 / 1000.0));
        }
    }

    /// Counts something that came about.
    pub(crate) fn count(&self, what: impl Into<String>) {
        *self.record.borrow_mut().counts.entry(what.into()).or_default() += 1;
    }

    /// Something that must not be.
    pub(crate) fn fail(&self, what: impl Into<String>) {
        let what = what.into();
        self.note(&format!("FAILED {what}"));
        self.record.borrow_mut().failures.push(what);
    }

    /// The clock as it is everywhere but for functions whose own is off.
    pub(crate) fn time(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.began.elapsed()).unwrap_or_default();
        let begin = Timestamp::from_second(BEGIN).unwrap_or_default();
        begin.saturating_add(elapsed + self.jumped.get()).unwrap_or_default()
    }

    /// How long the run takes until now, in its own time.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// The clock of all functions jumps: mostly ahead.
    pub(crate) fn jump(&self) {
        let millis = i64::try_from(self.up_to(95_000)).unwrap_or_default() - 5_000;
        self.jumped.set(self.jumped.get() + SignedDuration::from_millis(millis));
        self.note(&format!("the clock jumps by {millis} ms"));
    }

    /// How many functions are at work.
    pub(crate) fn at_work(&self) -> u64 {
        self.at_work.get()
    }

    /// Runs a function as Lambda would: it takes its time, can die, stand still, be run twice, or its answer be lost. What it
    /// has begun goes on when nobody waits for it any more, until it is done or its time is up.
    pub(crate) async fn invoke<T: 'static, F, W>(
        self: &Rc<Self>,
        name: &str,
        limit: Duration,
        work: F,
    ) -> Result<T, Lost>
    where
        F: Fn() -> W,
        W: Future<Output = T> + 'static,
    {
        sleep(Duration::from_millis(1) + self.within(Duration::from_millis(20))).await;
        if self.strikes(Kind::NeverBegun) {
            return Err(Lost::Died);
        }
        if self.strikes(Kind::InvokedTwice) {
            let again = self.run_one(name, limit, self.within(Duration::from_secs(3)), work());
            drop(again);
        }
        let outcome = self.run_one(name, limit, Duration::ZERO, work()).await.unwrap_or(Err(Lost::Died));
        if outcome.is_ok() && self.strikes(Kind::ResultLost) {
            return Err(Lost::Died);
        }
        outcome
    }

    fn run_one<T: 'static>(
        self: &Rc<Self>,
        name: &str,
        limit: Duration,
        delay: Duration,
        work: impl Future<Output = T> + 'static,
    ) -> oneshot::Receiver<Result<T, Lost>> {
        let number = self.invocations.get() + 1;
        self.invocations.set(number);
        let off = if self.strikes(Kind::ClockOff) { self.one_of(&[2_000, 2_000, 2_000, 20_000]) } else { 0 };
        let skew = i64::try_from(self.up_to(off * 2)).unwrap_or_default() - i64::try_from(off).unwrap_or_default();
        let killed = Arc::new(Notify::new());
        let invocation = Invocation {
            name: format!("{number}:{name}"),
            skew: SignedDuration::from_millis(skew),
            killed: Arc::clone(&killed),
        };
        let (tell, told) = oneshot::channel();
        let machine = Rc::clone(self);
        machine.at_work.set(machine.at_work.get() + 1);
        spawn_local(INVOCATION.scope(Arc::new(invocation), async move {
            sleep(delay).await;
            let outcome = tokio::select! {
                biased;
                done = work => Ok(done),
                () = killed.notified() => Err(Lost::Died),
                () = sleep(limit) => Err(Lost::TimedOut),
            };
            if let Err(lost) = &outcome {
                machine.note(&format!("ended: {lost:?}"));
            }
            machine.at_work.set(machine.at_work.get() - 1);
            // Whoever has waited may have gone.
            let _ = tell.send(outcome);
        }));
        told
    }

    /// What tells a function's run that it has died; a new one where no function runs.
    pub(crate) fn death() -> Arc<Notify> {
        INVOCATION.try_with(|invocation| Arc::clone(&invocation.killed)).unwrap_or_default()
    }

    /// What the run came to.
    pub(crate) fn report(&self, seed: u64) -> Report {
        let mut record = self.record.borrow_mut();
        let record = std::mem::take(&mut *record);
        Report {
            seed,
            hash: record.hasher.finish(),
            failures: record.failures,
            faults: record.faults,
            counts: record.counts,
            trace: record.lines.unwrap_or_default(),
            took: self.began.elapsed(),
        }
    }
}

impl Source for Machine {
    fn now(&self) -> Timestamp {
        let skew = INVOCATION.try_with(|invocation| invocation.skew).unwrap_or_default();
        self.time().saturating_add(skew).unwrap_or_default()
    }

    fn next(&self) -> u64 {
        self.rng.borrow_mut().random()
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Of every line of its record: the same in every run of the seed.
    pub hash: u64,
    /// What must not be, and was.
    pub failures: Vec<String>,
    /// What went wrong on purpose.
    pub faults: BTreeMap<Kind, u64>,
    /// What came about.
    pub counts: BTreeMap<String, u64>,
    /// Every line, if asked for.
    pub trace: Vec<String>,
    /// In its own time.
    pub took: Duration,
}
