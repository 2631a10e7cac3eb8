//! A few hundred seeds of the simulation, that a seed is the same run each time, and that the simulation can see.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use simulation::{Options, STEPS, asl, cli, deployed, simulate};

const SEEDS: u64 = 300;
/// To see what is wrong.
const ENOUGH_FAILED: usize = 5;

#[test]
fn given_a_few_hundred_seeds_when_run_then_the_books_agree_and_everything_that_can_happen_has() {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let summary = cli::run(1, SEEDS, jobs, ENOUGH_FAILED, |_, _| {});
    assert!(summary.failed.is_empty() && summary.missing().is_empty(), "{}", summary.text());
}

#[test]
fn given_a_seed_when_run_again_then_it_is_the_same_run_to_the_last_line() {
    let options = Options { trace: true, ..Options::default() };
    for seed in 1..=5 {
        let (first, second) = (simulate(seed, &options), simulate(seed, &options));
        let apart = first.trace.iter().zip(&second.trace).find(|(one, other)| one != other);
        assert_eq!((apart, first.hash), (None, second.hash), "seed {seed}");
        assert!(first.trace.len() > 100, "seed {seed}");
    }
    assert_ne!(simulate(1, &options).hash, simulate(2, &options).hash);
}

/// The record of the simulation's own health: without the catch of a lost authorisation, money stays set aside or a run fails.
#[test]
fn given_a_workflow_without_a_catch_when_run_then_the_simulation_notices() {
    let document = deployed();
    assert!(asl::Document::read(&document, STEPS).is_ok());
    assert!(asl::catches(&document).len() >= 20);
    let document = asl::without_catch(&document, "AuthorisePayment", 0);
    let options = Options { document, trace: false };
    let noticed = (1..=100).any(|seed| !simulate(seed, &options).failures.is_empty());
    assert!(noticed);
}
