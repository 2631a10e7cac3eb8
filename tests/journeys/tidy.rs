//! The rules of the tree that a machine can check.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use acceptance::{contract, repository};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    fn visit(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                visit(&path, extension, found);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    visit(&repository().join(folder), extension, &mut found);
    found
}

fn bins() -> BTreeMap<String, PathBuf> {
    let bins = files("functions", "rs")
        .into_iter()
        .filter(|path| path.parent().is_some_and(|folder| folder.ends_with("src/bin")));
    bins.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), path)).collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn within(path: &Path, folder: &str) -> bool {
    path.components().any(|part| part.as_os_str() == folder)
}

fn is_test(path: &Path) -> bool {
    within(path, "tests")
        || path.file_stem().is_some_and(|stem| stem == "samples" || stem.to_string_lossy().ends_with("tests"))
}

/// What stands behind a marker, up to the end of its word.
fn named(text: &str, marker: &str) -> BTreeSet<String> {
    let words = text.split(marker).skip(1);
    words.map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect()).collect()
}

#[test]
fn given_the_bins_when_compared_with_the_templates_then_each_function_has_its_code_and_its_name() {
    let bins: BTreeSet<_> = bins().into_keys().collect();
    let mut deployed = BTreeSet::new();
    for template in files("infra/services", "yaml") {
        let text = text(&template);
        let code = named(&text, "CodeUri: ../../target/lambda/");
        let names = named(&text, "FunctionName: !Sub ${Stage}-");
        assert_eq!(code, names, "{}", template.display());
        let service = template.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(names.iter().all(|name| name.starts_with(&format!("{service}-"))), "{service}: {names:?}");
        deployed.extend(names);
    }
    assert_eq!(bins, deployed);
}

#[test]
fn given_the_bins_when_looked_for_then_each_is_a_route_a_trigger_a_step_or_a_command() {
    let routes: BTreeSet<_> = contract().unwrap().routes().into_iter().map(|route| route.function).collect();
    let steps: BTreeSet<_> =
        files("statemachines", "json").iter().flat_map(|path| named(&text(path), "function:${Stage}-")).collect();
    let commands = [
        "edge-not-found",
        "identity-grant-role",
        "identity-rotate-signing-key",
        "payments-play-sandbox",
        "search-prepare-index",
    ];
    let templates: String = files("infra/services", "yaml").iter().map(|path| text(path)).collect();
    for bin in bins().keys() {
        let logical: String = bin.split('-').skip(1).map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        let block = templates.split(&format!("FunctionName: !Sub ${{Stage}}-{bin}\n")).nth(1).unwrap_or_default();
        let block = block.split(&format!("{logical}Logs:")).next().unwrap_or_default();
        let triggered = block.contains("      Events:\n");
        let uses = [routes.contains(bin), steps.contains(bin), commands.contains(&bin.as_str()), triggered];
        assert_eq!(uses.iter().filter(|used| **used).count(), 1, "{bin}: route, step, command, trigger: {uses:?}");
    }
}

#[test]
fn given_a_bin_when_read_then_it_is_at_most_30_lines_and_documented() {
    for (name, path) in bins() {
        let text = text(&path);
        assert!(text.lines().count() <= 30, "{name} has {} lines", text.lines().count());
        assert!(text.starts_with("//!"), "{name} does not say what it is");
    }
}

#[test]
fn given_a_source_file_when_counted_then_it_has_at_most_400_lines() {
    for path in ["functions", "shared", "tests"].iter().flat_map(|folder| files(folder, "rs")) {
        assert!(text(&path).lines().count() <= 400, "{} is too long", path.display());
    }
}

#[test]
fn given_domain_code_when_read_then_it_knows_no_aws_no_clock_and_no_chance() {
    for path in files("functions", "rs").iter().filter(|path| within(path, "domain") && !is_test(path)) {
        for word in
            ["aws_", "lambda_", "rialto_dynamo", "rialto_lambda", "rialto_http::Re", "::draw()", "now()", "rand::"]
        {
            let text = text(path);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let in_code =
                code.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| line.contains(word));
            assert!(!in_code, "{} uses {word}", path.display());
        }
    }
}

/// Relevance and places on the globe are floats, and JSON may hold one that is to be refused.
const FLOATS: [&str; 3] = ["functions/search", "shared/http/src/body", "functions/inventory/src/domain/geography.rs"];

#[test]
fn given_the_sources_when_searched_then_no_float_is_near_money() {
    for path in ["functions", "shared"].iter().flat_map(|folder| files(folder, "rs")) {
        let excused = FLOATS.iter().any(|folder| path.starts_with(repository().join(folder)));
        let text = text(&path);
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        assert!(excused || !words.any(|word| word == "f64" || word == "f32"), "{} has floats", path.display());
    }
}

#[test]
fn given_the_workflows_when_read_then_what_they_catch_is_what_the_steps_can_give() {
    let names: BTreeSet<_> = files("functions", "rs")
        .iter()
        .flat_map(|path| text(path).split('"').skip(1).step_by(2).map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect();
    for path in files("statemachines", "json") {
        let machine: serde_json::Value = serde_json::from_str(&text(&path)).unwrap();
        for (state, definition) in machine["States"].as_object().unwrap() {
            for rule in ["Retry", "Catch"].iter().flat_map(|kind| definition[kind].as_array().into_iter().flatten()) {
                for error in rule["ErrorEquals"].as_array().unwrap().iter().filter_map(|error| error.as_str()) {
                    assert!(error.starts_with("States.") || names.contains(error), "{state}: nobody gives {error}");
                }
            }
        }
    }
}

#[test]
fn given_the_workflows_when_read_then_each_task_has_a_time_limit_and_every_state_is_led_to() {
    for path in files("statemachines", "json") {
        let machine: serde_json::Value = serde_json::from_str(&text(&path)).unwrap();
        let states = machine["States"].as_object().unwrap();
        let mut led_to = BTreeSet::from([machine["StartAt"].as_str().unwrap()]);
        for (name, state) in states {
            let limited = ["TimeoutSeconds", "TimeoutSecondsPath"].iter().any(|limit| !state[limit].is_null());
            assert!(state["Type"] != "Task" || limited, "{name} may run for ever");
            let branches = ["Choices", "Catch"].iter().flat_map(|kind| state[kind].as_array().into_iter().flatten());
            let next = branches.map(|branch| &branch["Next"]).chain([&state["Next"], &state["Default"]]);
            led_to.extend(next.filter_map(|next| next.as_str()));
        }
        assert_eq!(led_to, states.keys().map(String::as_str).collect(), "{}", path.display());
    }
}
