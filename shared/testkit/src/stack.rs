//! The stack under test.

use std::path::PathBuf;

use serde::Deserialize;

/// What `stack.json` says of a running stack. `make test` names the file in `RIALTO_STACK`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    /// Every deployed name starts with it.
    pub stage: String,
    /// The base address of the public API.
    pub base_url: String,
    /// Every AWS service but DynamoDB.
    pub gateway: String,
    /// DynamoDB Local.
    pub dynamodb: String,
    /// OpenSearch.
    pub opensearch: String,
    /// The folder with all that the stack keeps.
    pub state: PathBuf,
    /// The account of bucket names.
    pub account: String,
}

impl Stack {
    /// The stack that `RIALTO_STACK` names.
    ///
    /// # Panics
    /// When there is none: these tests need a deployed stack, which `make test` brings.
    #[must_use]
    pub fn from_env() -> Self {
        let file = std::env::var("RIALTO_STACK").expect("RIALTO_STACK names no stack: run the tests with `make test`");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The deployed name of a function, table or queue.
    #[must_use]
    pub fn name(&self, bin: &str) -> String {
        format!("{}-{bin}", self.stage)
    }
}
