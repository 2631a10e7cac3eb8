//! The routes of `cargo lambda watch`, which has no way to name a function for the other methods of a path.

use std::{collections::BTreeMap, fmt::Write};

use super::{NOT_FOUND_FUNCTION, Route};

const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(super) fn router(methods: &BTreeMap<String, Vec<String>>, routes: &[Route]) -> String {
    let mut toml = "[workspace.metadata.lambda.watch.router]\n".to_owned();
    for path in methods.keys() {
        let entries = METHODS.map(|method| {
            let route = routes.iter().find(|route| route.path == *path && route.method == method);
            let function = route.map_or(NOT_FOUND_FUNCTION, |route| &route.function);
            format!("    {{ method = \"{method}\", function = \"{function}\" }},\n")
        });
        // Writing to a string cannot fail.
        let _ = writeln!(toml, "\"{path}\" = [\n{}]", entries.concat());
    }
    let _ = writeln!(toml, "\"/\" = \"{NOT_FOUND_FUNCTION}\"\n\"/{{*proxy}}\" = \"{NOT_FOUND_FUNCTION}\"");
    toml
}
