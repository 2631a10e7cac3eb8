#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::PathBuf};

use super::*;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names in a crate of two files.
fn names(source: &str) -> Result<Vec<String>, String> {
    let folder = std::env::temp_dir().join(format!("mutants-scan-{:?}", thread::current().id()));
    fs::create_dir_all(folder.join("one/src/store")).unwrap();
    fs::write(folder.join("one/src/lib.rs"), "mod store;\n#[cfg(test)]\nmod missing;").unwrap();
    fs::write(folder.join("one/src/store/mod.rs"), source).unwrap();
    let scan = scan::library(&folder, "one", "rialto-one");
    fs::remove_dir_all(&folder).unwrap();
    Ok(scan?.mutants.into_iter().map(|mutant| mutant.name.trim_start_matches("one/store::").to_owned()).collect())
}

#[test]
fn given_conditions_when_read_then_each_can_be_dropped_and_weakened_by_itself() {
    let source = r#"
        fn put(put: Put) -> Put { put.when(cond::absent("pk")) }
        fn all(x: Update) -> Update { x.when(cond::all([cond::ge("left", 1), is(2), cond::not(cond::eq("a", 1))])) }
        fn any(x: Update) -> Vec<Update> { vec![x.when(cond::any([cond::absent("a"), cond::lt("a", 1)]))] }
        fn twice(x: Update, y: Update) { let mine = cond::eq("owner", "me"); x.when(mine.clone()); y.when(mine); }
        fn once(x: Update) -> Update { let mine = cond::exists("pk"); x.when(mine) }
        fn other(x: Update) -> Update { if mutants::guard(late()) { x.when(is(1)) } else { x } }
        #[cfg(test)] mod tests { fn not() { cond::exists("pk"); } }
    "#;
    let expected = [
        "put/absent.pk/dropped",
        "all/all/dropped",
        "all/ge.left/dropped",
        "all/ge.left/weaker",
        "all/not/dropped",
        "any/any/dropped",
        "any/absent.a/never",
        "any/lt.a/never",
        "any/lt.a/weaker",
        "twice/eq.owner/dropped",
        "twice/eq.owner/weaker",
        "twice/when/dropped",
        "once/exists.pk/dropped",
        "other/guard/dropped",
        "other/when/dropped",
    ];
    assert_eq!(names(source).unwrap(), expected);
}

#[test]
fn given_a_condition_that_cannot_be_named_when_read_then_the_list_is_refused() {
    assert!(names("fn put(x: Option<&str>) { x.map(cond::absent); }").is_err());
    assert!(names("fn put() { odd!(cond::absent => 1) }").is_err());
}

#[test]
fn given_the_repository_when_listed_then_every_crate_has_conditions_and_every_survivor_is_one_of_them() {
    let (mutants, _) = listed(&repository()).unwrap();
    for (package, _) in CRATES {
        assert!(mutants.iter().any(|mutant| mutant.package == package), "{package}");
    }
    let names: BTreeSet<_> = mutants.into_iter().map(|mutant| mutant.name).collect();
    for survivor in report::survivors(&repository()).unwrap().keys() {
        assert!(names.contains(survivor), "{survivor}");
    }
}

/// No function is built with the switch: who asks for it, asks for it in every build of the workspace.
#[test]
fn given_the_manifests_when_read_then_none_asks_for_the_switch() {
    for folder in ["functions", "shared", "tests"] {
        for entry in fs::read_dir(repository().join(folder)).unwrap() {
            let manifest = entry.unwrap().path().join("Cargo.toml");
            let text = fs::read_to_string(&manifest).unwrap_or_default();
            let asks = text.lines().any(|line| line.contains("\"mutants\"") && !line.starts_with("name"));
            assert!(!asks && !text.contains("rialto-dynamo/mutants"), "{}", manifest.display());
        }
    }
}
