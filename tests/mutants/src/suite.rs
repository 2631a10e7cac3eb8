//! The tests that are to notice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::catches;

const LOOK: Duration = Duration::from_millis(50);
/// A mutant may wait for what never comes: so many times as long as without it, and at least so long, is noticed.
const PATIENCE: u32 = 4;
const LEAST: Duration = Duration::from_secs(20);
/// As the first run, of which nothing is known.
const FIRST: Duration = Duration::from_secs(600);

/// A test binary.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) package: String,
    program: PathBuf,
    folder: PathBuf,
    longest: Duration,
    /// Which tests meet a place; none where other threads do.
    met: BTreeMap<String, Option<BTreeSet<String>>>,
    /// Conditions that a weaker one exists for.
    weakened: BTreeSet<String>,
}

/// How a run of tests ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Passed,
    /// With the first test that failed.
    Failed(String),
}

/// Builds the tests of `packages` and the simulation, with the switch compiled in: all of them always, as fewer would be built
/// with other features of what they share, and anew.
pub(crate) fn build(root: &Path, packages: &[&str]) -> Result<Vec<Suite>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["test", "--no-run", "--lib", "--message-format=json-render-diagnostics"]);
    command.args(packages.iter().flat_map(|package| ["-p", package]));
    command.args(["-p", catches::PACKAGE, "--test", catches::PACKAGE]);
    command.args(["--features", "rialto-dynamo/mutants"]);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err("the tests do not build".to_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    Ok(messages.lines().filter_map(|line| Suite::of(&serde_json::from_str(line).ok()?)).collect())
}

impl Suite {
    fn of(message: &Value) -> Option<Self> {
        message.pointer("/profile/test")?.as_bool()?.then_some(())?;
        let manifest = Path::new(message.get("manifest_path")?.as_str()?);
        let folder = manifest.parent()?.to_owned();
        let id = message.get("package_id")?.as_str()?;
        let package = id.rsplit(['#', '/']).next()?.split('@').next()?;
        // `path+file:///../functions/carts#rialto-carts@0.1.0`, without the name where it is the folder's.
        let named = package.starts_with(|first: char| first.is_ascii_alphabetic());
        let package = if named { package.to_owned() } else { folder.file_name()?.to_string_lossy().into_owned() };
        let program = PathBuf::from(message.get("executable")?.as_str()?);
        let (met, weakened) = (BTreeMap::new(), BTreeSet::new());
        Some(Self { package, program, folder, longest: FIRST, met, weakened })
    }

    /// Runs all tests without a mutant, and learns which of them meet which place.
    ///
    /// # Errors
    /// When a test fails.
    pub(crate) fn learn(&mut self, scratch: &Path) -> Result<Duration, String> {
        let name = self.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let sites = scratch.join(format!("{name}.sites"));
        let began = Instant::now();
        let ended = self.run(&[], ("RIALTO_MUTANT_SITES", &sites.to_string_lossy()), scratch)?;
        if let Ended::Failed(test) = ended {
            return Err(format!("{}: {test} fails without a mutant", self.package));
        }
        let took = began.elapsed();
        self.longest = LEAST.max(took.saturating_mul(PATIENCE));
        let tests = self.tests()?;
        for line in fs::read_to_string(&sites).unwrap_or_default().lines() {
            let mut parts = line.split('\t');
            let (Some(site), Some(thread)) = (parts.next(), parts.next()) else { continue };
            if parts.next() == Some("weaker") {
                self.weakened.insert(site.to_owned());
            }
            let met = self.met.entry(site.to_owned()).or_insert_with(|| Some(BTreeSet::new()));
            match met {
                Some(known) if tests.contains(thread) => drop(known.insert(thread.to_owned())),
                other => *other = None,
            }
        }
        Ok(took)
    }

    fn tests(&self) -> Result<BTreeSet<String>, String> {
        let output = Command::new(&self.program).args(["--list", "--format", "terse"]).output();
        let output = output.map_err(|error| format!("{}: {error}", self.package))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(ToOwned::to_owned).collect())
    }

    pub(crate) fn met(&self) -> impl Iterator<Item = &String> {
        self.met.keys()
    }

    pub(crate) fn meets(&self, site: &str) -> bool {
        self.met.contains_key(site)
    }

    pub(crate) fn weakens(&self, site: &str) -> bool {
        self.weakened.contains(site)
    }

    /// Runs the tests that meet `site`, with the mutant that `switch` names.
    pub(crate) fn try_mutant(&self, site: &str, switch: &str, scratch: &Path) -> Result<Ended, String> {
        let tests: Vec<&str> =
            self.met.get(site).and_then(Option::as_ref).into_iter().flatten().map(String::as_str).collect();
        self.run(&tests, ("RIALTO_MUTANT", switch), scratch)
    }

    fn run(&self, tests: &[&str], (name, value): (&str, &str), scratch: &Path) -> Result<Ended, String> {
        let told = scratch.join(format!("{:?}.txt", thread::current().id()));
        let failed = |error: std::io::Error| format!("{}: {error}", self.program.display());
        let output = File::create(&told).map_err(failed)?;
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env(name, value).stdin(Stdio::null()).stderr(Stdio::null()).stdout(output);
        // In memory only; and what a mutant breaks is no case to keep.
        command.env_remove("RIALTO_STACK").env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true");
        if !tests.is_empty() {
            command.arg("--exact").args(tests);
        }
        let mut child = command.spawn().map_err(failed)?;
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                let failure = || first_failure(&told).unwrap_or_else(|| "it ended without a result".to_owned());
                return Ok(if status.success() { Ended::Passed } else { Ended::Failed(failure()) });
            }
            let late = (began.elapsed() > self.longest).then(|| "the time ran out".to_owned());
            if let Some(failure) = first_failure(&told).or(late) {
                child.kill().map_err(failed)?;
                child.wait().map_err(failed)?;
                return Ok(Ended::Failed(failure));
            }
            thread::sleep(LOOK);
        }
    }
}

fn first_failure(told: &Path) -> Option<String> {
    let text = fs::read_to_string(told).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED")).map(ToOwned::to_owned)
}
