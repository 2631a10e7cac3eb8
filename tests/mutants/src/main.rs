//! `make mutants`: drops or weakens each condition, guard and `Catch` of the money path, one at a time, and tells which of
//! them no test notices.
//!
//! One build; what is mutated is chosen when the tests run (`rialto_dynamo::mutants`). The list is read from the sources, so
//! a new condition is on it by itself. A mutant is tried on the tests that meet its place, first those of its own crate,
//! then those of others, then the simulation; a place that no test meets is a survivor. `survivors.json` says of each
//! survivor why that is right; the run fails for one that is not in it, and for one in it that is noticed after all.
//!
//! `--only TEXT`: mutants whose name holds it, tried on the tests of their own crates; `--list`: only their names and switches; `--all`: a line for each.

mod catches;
mod mutant;
mod report;
mod scan;
mod suite;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use mutant::{How, Mutant};
use report::{Outcome, Report};
use suite::{Ended, Suite};

const CRATES: [(&str, &str); 6] = [
    ("rialto-http", "shared/http"),
    ("rialto-inventory", "functions/inventory"),
    ("rialto-payments", "functions/payments"),
    ("rialto-orders", "functions/orders"),
    ("rialto-carts", "functions/carts"),
    ("rialto-checkout", "functions/checkout"),
];
const AT_ONCE: usize = 2;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Wish {
    only: Option<String>,
    list: bool,
    all: bool,
}

impl Wish {
    fn read() -> Result<Self, String> {
        let mut wish = Self { only: None, list: false, all: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--only" => wish.only = Some(arguments.next().ok_or("--only what?")?),
                "--list" => wish.list = true,
                "--all" => wish.all = true,
                other => return Err(format!("{other}? --only TEXT, --list, --all")),
            }
        }
        Ok(wish)
    }
}

fn run() -> Result<bool, String> {
    let wish = Wish::read()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    let (mut mutants, sources) = listed(&root)?;
    let whole = wish.only.is_none();
    mutants.retain(|mutant| wish.only.as_ref().is_none_or(|text| mutant.name.contains(text.as_str())));
    if wish.list {
        mutants.iter().for_each(|mutant| println!("{}\tRIALTO_MUTANT={}", mutant.name, mutant.switch()));
        return Ok(true);
    }
    let began = Instant::now();
    let mut suites = suite::build(&root, &CRATES.map(|(package, _)| package))?;
    let wanted: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.package.as_str()).collect();
    suites.retain(|suite| whole || wanted.contains(suite.package.as_str()));
    println!("built {} test binaries in {} s", suites.len(), began.elapsed().as_secs());
    let scratch = scratch()?;
    for suite in &mut suites {
        let took = suite.learn(&scratch)?;
        println!("{}: passes without a mutant in {} s", suite.package, took.as_secs());
    }
    unlisted(&suites, &sources)?;
    let survivors = report::survivors(&root)?;
    let outcomes = try_all(&mutants, &suites, &scratch, wish.all)?;
    let _ = std::fs::remove_dir_all(&scratch);
    let report = Report::of(&mutants, &outcomes, &survivors, whole);
    println!("{report}\nin {} s", began.elapsed().as_secs());
    Ok(report.is_good())
}

fn listed(root: &Path) -> Result<(Vec<Mutant>, Vec<scan::Scan>), String> {
    let mut scans = Vec::new();
    for (package, folder) in CRATES {
        scans.push(scan::library(root, folder, package)?);
    }
    let mut mutants: Vec<Mutant> = scans.iter().flat_map(|scan| scan.mutants.clone()).collect();
    mutants.extend(catches::listed(root)?);
    let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    if names.len() != mutants.len() {
        return Err("two mutants have one name".to_owned());
    }
    Ok((mutants, scans))
}

/// A condition that a test meets and the list has not would never be tried.
fn unlisted(suites: &[Suite], sources: &[scan::Scan]) -> Result<(), String> {
    for site in suites.iter().flat_map(Suite::met) {
        let mut parts = site.rsplitn(3, ':');
        let (_, line, Some(file)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let Some(scan) = sources.iter().find(|scan| scan.files.contains(file)) else { continue };
        let line: usize = line.and_then(|line| line.parse().ok()).unwrap_or_default();
        let in_test = scan.tests.iter().any(|(of, first, last)| of == file && (*first..=*last).contains(&line));
        if !in_test && !scan.places.contains(site) {
            return Err(format!("{site} holds a condition that the list does not name"));
        }
    }
    Ok(())
}

fn try_all(mutants: &[Mutant], suites: &[Suite], scratch: &Path, all: bool) -> Result<Vec<Outcome>, String> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Outcome)>, String> {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = mutants.get(index) else { return Ok(done) };
            let outcome = try_one(mutant, suites, scratch)?;
            if all || matches!(outcome, Outcome::Unnoticed | Outcome::NeverMet) {
                println!("[{}/{}] {}: {outcome}", index + 1, mutants.len(), mutant.name);
            } else if (index + 1).is_multiple_of(25) {
                println!("[{}/{}]", index + 1, mutants.len());
            }
            done.push((index, outcome));
        }
    };
    let mut outcomes = BTreeMap::new();
    thread::scope(|scope| -> Result<(), String> {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            outcomes.extend(worker.join().map_err(|_| "a worker panicked".to_owned())??);
        }
        Ok(())
    })?;
    Ok(outcomes.into_values().collect())
}

fn try_one(mutant: &Mutant, suites: &[Suite], scratch: &Path) -> Result<Outcome, String> {
    let mut meeting: Vec<&Suite> = suites.iter().filter(|suite| suite.meets(&mutant.site)).collect();
    if meeting.is_empty() {
        return Ok(Outcome::NeverMet);
    }
    if mutant.how == How::Weaker && !meeting.iter().any(|suite| suite.weakens(&mutant.site)) {
        return Ok(Outcome::NoneWeaker);
    }
    meeting.sort_by_key(|suite| (suite.package == catches::PACKAGE, suite.package != mutant.package));
    for suite in meeting {
        if let Ended::Failed(test) = suite.try_mutant(&mutant.site, &mutant.switch(), scratch)? {
            return Ok(Outcome::Noticed { package: suite.package.clone(), test });
        }
    }
    Ok(Outcome::Unnoticed)
}

fn scratch() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("rialto-mutants-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests;
