//! `make model`: searches the model in each of its bounds, and tells what it found. `model-check NAME`: in one of them.
#![allow(clippy::print_stdout, reason = "it tells what it searched")]

use std::{process::ExitCode, time::Instant};

use model::{Bounds, Sale, gateway::Mood};

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut all_hold = true;
    for (name, bounds, spared) in searches() {
        if wanted.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let began = Instant::now();
        let sale = Sale::new(bounds);
        let (states, invocations) = (sale.graph.nodes.len(), sale.graph.invocations);
        let sale = match spared {
            Spared::Nothing => sale,
            Spared::Merged => sale.merged(),
            Spared::InTurn => sale.merged().in_turn(),
        };
        let found = sale.check(threads);
        println!("{name}: {found}; {:.1?}", began.elapsed());
        println!("  one buyer alone: {states} states, by {invocations} different invocations of handlers");
        all_hold &= found.broken.is_empty() && found.never.is_empty();
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How much of the search is spared where nobody can tell the difference.
#[derive(Clone, Copy)]
enum Spared {
    Nothing,
    /// States of one buyer that cannot be told apart are one.
    Merged,
    /// And things that do not concern other buyers are searched in one order.
    InTurn,
}

fn searches() -> Vec<(&'static str, Bounds, Spared)> {
    let moods = Mood::ALL.to_vec();
    let of = || Bounds::of(3, 2);
    vec![
        ("crashes", of(), Spared::Nothing),
        ("late", Bounds { held: 1, ..of() }, Spared::Merged),
        ("lost", Bounds { lost: 2, ..of() }, Spared::Merged),
        ("gateways", Bounds { asks: 2, moods: moods.clone(), ..of() }, Spared::Merged),
        ("late-lost", Bounds { held: 1, lost: 1, ..of() }, Spared::InTurn),
        ("late-gateways", Bounds { held: 1, moods, ..Bounds::of(1, 1) }, Spared::Merged),
    ]
}
