//! What is told at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};

use crate::mutant::{How, Kind, Mutant};

const SURVIVORS: &str = "tests/mutants/survivors.json";
/// Of all mutants, in percent.
const AIM: usize = 95;

/// What became of a mutant.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// By a test of a crate.
    Noticed { package: String, test: String },
    /// Tests meet it and all pass.
    Unnoticed,
    /// No test meets it.
    NeverMet,
    /// The condition is on texts, of which none is a little more: there is no such mutant.
    NoneWeaker,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noticed { package, test } => write!(f, "noticed by {package}: {test}"),
            Self::Unnoticed => f.write_str("SURVIVES: tests meet it and pass"),
            Self::NeverMet => f.write_str("SURVIVES: no test meets it"),
            Self::NoneWeaker => f.write_str("nothing is weaker"),
        }
    }
}

/// Names of mutants that may survive, and why.
pub(crate) fn survivors(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(root.join(SURVIVORS)).map_err(|error| format!("{SURVIVORS}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{SURVIVORS}: {error}"))
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    noticed: usize,
}

/// The sum of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    counts: BTreeMap<(Kind, How), Count>,
    explained: Vec<String>,
    unexplained: Vec<String>,
    /// Explained, and noticed or not there.
    outdated: Vec<String>,
}

impl Report {
    pub(crate) fn of(
        mutants: &[Mutant],
        outcomes: &[Outcome],
        survivors: &BTreeMap<String, String>,
        whole: bool,
    ) -> Self {
        let mut report = Self::default();
        for (mutant, outcome) in mutants.iter().zip(outcomes) {
            let reason = survivors.get(&mutant.name);
            let count = report.counts.entry((mutant.kind, mutant.how)).or_default();
            match outcome {
                Outcome::NoneWeaker => continue,
                Outcome::Noticed { .. } => {
                    count.noticed += 1;
                    if reason.is_some() {
                        report.outdated.push(format!("{}: {outcome}", mutant.name));
                    }
                }
                Outcome::Unnoticed | Outcome::NeverMet => match reason {
                    Some(reason) => report.explained.push(format!("{}: {reason}", mutant.name)),
                    None => report.unexplained.push(format!("{}: {outcome}", mutant.name)),
                },
            }
            count.all += 1;
        }
        if whole {
            let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
            let gone = survivors.keys().filter(|name| !names.contains(name.as_str()));
            report.outdated.extend(gone.map(|name| format!("{name}: no such mutant")));
        }
        report
    }

    fn sum(&self) -> Count {
        let counts = self.counts.values();
        counts.fold(Count::default(), |sum, count| Count {
            all: sum.all + count.all,
            noticed: sum.noticed + count.noticed,
        })
    }

    pub(crate) fn is_good(&self) -> bool {
        let sum = self.sum();
        self.unexplained.is_empty() && self.outdated.is_empty() && sum.noticed * 100 >= sum.all * AIM
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((kind, how), count) in &self.counts {
            writeln!(f, "{kind:?} {}: {} of {} noticed", how.name(), count.noticed, count.all)?;
        }
        let lists =
            [("survives", &self.explained), ("SURVIVES UNEXPLAINED", &self.unexplained), ("OUTDATED", &self.outdated)];
        for (title, names) in lists {
            for name in names {
                writeln!(f, "{title}: {name}")?;
            }
        }
        let sum = self.sum();
        let percent = (sum.noticed * 100).checked_div(sum.all).unwrap_or(100);
        write!(f, "{} of {} mutants noticed: {percent} % (aim: {AIM} %)", sum.noticed, sum.all)
    }
}
