//! The mutants of the checkout's workflow: each `Catch`, tried on the simulation.

use std::{fs, path::Path};

use serde_json::Value;

use crate::mutant::{How, Kind, Mutant};

/// The crate that interprets the workflow.
pub(crate) const PACKAGE: &str = "simulation";
const DOCUMENT: &str = "statemachines/checkout.asl.json";

pub(crate) fn listed(root: &Path) -> Result<Vec<Mutant>, String> {
    let text = fs::read_to_string(root.join(DOCUMENT)).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let machine: Value = serde_json::from_str(&text).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let states = machine.get("States").and_then(Value::as_object).ok_or("a workflow without states")?;
    let mut mutants = Vec::new();
    for (state, definition) in states {
        let catches = definition.get("Catch").and_then(Value::as_array).map_or(0, Vec::len);
        mutants.extend((0..catches).map(|index| Mutant {
            name: format!("checkout.asl/{state}/catch-{index}/dropped"),
            site: format!("{DOCUMENT}:{state}:{index}"),
            package: PACKAGE.to_owned(),
            kind: Kind::Catch,
            how: How::Dropped,
        }));
    }
    Ok(mutants)
}
