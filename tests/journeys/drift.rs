//! What is generated is committed as it is generated.

use std::fs;

use acceptance::{access_matrix, generated, repository};

#[test]
fn given_the_code_when_its_files_are_generated_then_they_are_those_that_are_committed() {
    for (path, content) in generated().unwrap().into_iter().chain([access_matrix().unwrap()]) {
        let there = fs::read_to_string(repository().join(&path)).unwrap_or_default();
        assert!(there == content, "{} has drifted: run `make generate`", path.display());
    }
}
