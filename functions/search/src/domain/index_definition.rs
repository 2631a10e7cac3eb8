//! How the index reads texts and which fields it has: `index_definition.json`, whose reasons are here.
//!
//! - `english` folds accents and case, puts a number and its unit together (`42"`, `42 inch`: `42inch`), drops stop words
//!   and stems; plurals that no rule of English explains are listed. What is indexed also has the parts of mixed words
//!   (`128gb`: `128`, `gb`), so that a number alone finds its product; what is asked for has not.
//! - `plain` only folds, and serves typing errors: stems of a misspelt and of a right word can differ more than they do.
//! - `joined` also has each two neighbours as one word: who asks for a `bookshelf` finds the `book shelf`.
//! - `prefix` has the beginnings of words, for suggestions.
//! - Keys (`folded`) are compared without regard to case and accents; facets show them with the text as it is written.
//!   Longer texts than 1,000 characters are found by their words but not by a filter: Lucene refuses terms above 32 KiB.
//! - What a product earns by its visitors, and its tags, are in `item`, the one object that takes unknown fields: so indexes of
//!   the definition before, which are written on to be returned to, take them as well.
//! - One shard: counts of facets are exact, and a hundred thousand products are far from filling it.
//! - `refresh_interval` is said outright, as the default stops refreshing an index that nobody has searched for 30 s.

/// Raised whenever `index_definition.json` changes: a stage whose index is of another version gets a new one, made
/// from the table. Until that is done, documents of the current form are written to both.
pub const DEFINITION_VERSION: u32 = 4;

/// Settings and mappings of a product index, as JSON.
pub const INDEX_DEFINITION: &str = include_str!("index_definition.json");

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_the_definition_when_read_then_it_is_json_and_takes_no_unknown_field() {
        let definition: serde_json::Value = serde_json::from_str(INDEX_DEFINITION).unwrap();
        assert_eq!(definition["mappings"]["dynamic"], "strict");
    }
}
