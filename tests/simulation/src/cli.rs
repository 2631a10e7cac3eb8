//! The command: many seeds with a summary, or one with its record.

use std::{
    collections::BTreeMap,
    io::Write,
    process::ExitCode,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Instant,
};

use crate::{Kind, Options, Report, asl::CatchAt, run::every_catch, simulate};

/// From so many seeds on, everything that can go wrong and every end that there is has to have happened.
const ENOUGH: u64 = 300;

/// Ends that must be seen.
pub const OUTCOMES: &[&str] = &[
    "order CONFIRMED",
    "order PAYMENT_FAILED PAYMENT_DECLINED",
    "order PAYMENT_FAILED INSUFFICIENT_FUNDS",
    "order PAYMENT_FAILED CAPTURE_REFUSED",
    "order CANCELLED OUT_OF_STOCK",
    "order EXPIRED",
    "session CANCELLED",
    "session EXPIRED",
    "session PAYING",
    "act approve",
    "act decline",
    "act expire",
    "webhook 200",
    "sweep expired",
    "sweep woken",
    "sweep recovered",
    "checkout-place-order 201",
    "checkout-place-order 202",
    "checkout-place-order 402 PAYMENT_DECLINED",
    "checkout-place-order 409 CHECKOUT_IN_PROGRESS",
    "checkout-place-order 409 IDEMPOTENCY_IN_FLIGHT",
    "checkout-place-order 409 OUT_OF_STOCK",
    "checkout-pay-session 201",
    "checkout-pay-session 409 PRICE_CHANGED",
    "checkout-pay-session 409 RESERVATION_EXPIRED",
];

struct Arguments {
    seeds: u64,
    from: u64,
    jobs: usize,
    trace: bool,
    one: bool,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments { seeds: ENOUGH, from: 1, jobs: 2, trace: false, one: false };
    let mut all = std::env::args().skip(1);
    while let Some(name) = all.next() {
        let mut number =
            || all.next().and_then(|text| text.parse::<u64>().ok()).ok_or(format!("{name} wants a number"));
        match name.as_str() {
            "--seeds" => parsed.seeds = number()?,
            "--from" => parsed.from = number()?,
            "--jobs" => parsed.jobs = usize::try_from(number()?).unwrap_or(1).max(1),
            "--seed" => (parsed.from, parsed.seeds, parsed.one) = (number()?, 1, true),
            "--trace" => parsed.trace = true,
            _ => return Err(format!("{name} is unknown: --seeds N, --from S, --jobs J, --seed S, --trace")),
        }
    }
    Ok(parsed)
}

/// Runs the command.
#[must_use]
pub fn main() -> ExitCode {
    match arguments() {
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
        Ok(arguments) if arguments.one => one(&arguments),
        Ok(arguments) => many(&arguments),
    }
}

fn one(arguments: &Arguments) -> ExitCode {
    let report = simulate(arguments.from, &Options { trace: arguments.trace, ..Options::default() });
    for line in &report.trace {
        println!("{line}");
    }
    println!("seed {} hash {:016x}, {:?} of its own time", report.seed, report.hash, report.took);
    for failure in &report.failures {
        println!("FAILED: {failure}");
    }
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn many(arguments: &Arguments) -> ExitCode {
    let began = Instant::now();
    let summary = run(arguments.from, arguments.seeds, arguments.jobs, usize::MAX, |done, failed| {
        if done.is_multiple_of(50) || done == arguments.seeds {
            let rate = done as f64 / began.elapsed().as_secs_f64();
            print!("\r{done} of {} seeds, {failed} failed, {rate:.1} a second ", arguments.seeds);
            let _ = std::io::stdout().flush();
        }
    });
    println!();
    print!("{}", summary.text());
    if summary.failed.is_empty() && (arguments.seeds < ENOUGH || summary.missing().is_empty()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What many runs came to.
#[derive(Debug, Default)]
pub struct Summary {
    /// The runs in which something was wrong.
    pub failed: Vec<Report>,
    faults: BTreeMap<Kind, u64>,
    counts: BTreeMap<String, u64>,
}

impl Summary {
    fn add(&mut self, report: Report) {
        for (kind, times) in &report.faults {
            *self.faults.entry(*kind).or_default() += times;
        }
        for (what, times) in &report.counts {
            *self.counts.entry(what.clone()).or_default() += times;
        }
        if !report.failures.is_empty() {
            self.failed.push(report);
        }
    }

    /// Faults that never struck, ends that were never seen, and catches that were never taken.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let faults = Kind::ALL.iter().filter(|kind| !self.faults.contains_key(kind)).map(|kind| format!("{kind:?}"));
        let seen = |outcome: &&&str| self.counts.keys().any(|what| what.starts_with(**outcome));
        let outcomes = OUTCOMES.iter().filter(|outcome| !seen(outcome)).map(|outcome| (*outcome).to_owned());
        let taken = |at: &CatchAt| self.counts.contains_key(&format!("caught {at}"));
        let catches = every_catch().into_iter().filter(|at| !taken(at)).map(|at| at.to_string());
        faults.chain(outcomes).chain(catches).collect()
    }

    /// All of it, for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec!["What came about:".to_owned()];
        lines.extend(self.counts.iter().map(|(what, times)| format!("{times:>9}  {what}")));
        lines.push("What went wrong on purpose:".to_owned());
        lines.extend(self.faults.iter().map(|(kind, times)| format!("{times:>9}  {kind:?}")));
        let missing = self.missing();
        if !missing.is_empty() {
            lines.push(format!("Never seen: {}", missing.join(", ")));
        }
        for report in self.failed.iter().take(20) {
            lines.push(format!("FAILED seed {} (simulate --seed {} --trace):", report.seed, report.seed));
            lines.extend(report.failures.iter().take(10).map(|failure| format!("    {failure}")));
        }
        if self.failed.len() > 20 {
            lines.push(format!("and {} more seeds", self.failed.len() - 20));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// Runs seeds on so many threads, and tells how many are done and failed after each. Once so many have failed, no more are begun.
pub fn run(from: u64, seeds: u64, jobs: usize, most_failed: usize, mut told: impl FnMut(u64, usize)) -> Summary {
    let next = AtomicU64::new(from);
    let (send, receive) = mpsc::channel();
    let mut summary = Summary::default();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (next, send) = (&next, send.clone());
            scope.spawn(move || {
                let options = Options::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from.saturating_add(seeds) || send.send(simulate(seed, &options)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let receive = receive;
        for done in 1..=seeds {
            let Ok(report) = receive.recv() else { break };
            summary.add(report);
            told(done, summary.failed.len());
            if summary.failed.len() >= most_failed {
                break;
            }
        }
    });
    summary.failed.sort_by_key(|report| report.seed);
    summary
}
