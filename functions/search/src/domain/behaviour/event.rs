//! What a shop's page tells of a visitor, and what of it is kept.

use rialto_kernel::{ProductId, SearchId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::count::MOST_POSITIONS;
use crate::domain::{fold::folded_words, search::Search};

/// Digits beyond which a text may be a card's, a phone's or a person's number, even one with a typing error.
const MOST_DIGITS: usize = 11;
/// Of a text after folding, which can make it longer.
const LONGEST: usize = 200;

/// What a visitor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum BehaviourEvent {
    /// They searched, and were shown the first page.
    #[serde(rename_all = "camelCase")]
    Search {
        /// `searchId` of the answer.
        search_id: SearchId,
        /// What they looked for, as they wrote it.
        #[schema(min_length = 1, max_length = 200, example = "desk lamp")]
        query: String,
        /// `total` of the answer.
        #[schema(minimum = 0, maximum = 4_294_967_295_u64, example = 12)]
        results: u32,
    },
    /// They opened a product that a search had shown.
    #[serde(rename_all = "camelCase")]
    Click {
        /// `searchId` of the answer.
        search_id: SearchId,
        /// What they had looked for, as they wrote it.
        #[schema(min_length = 1, max_length = 200, example = "desk lamp")]
        query: String,
        /// The product.
        product_id: ProductId,
        /// Its place among all that was found, from 1.
        #[schema(minimum = 1, maximum = 1000, example = 3)]
        position: u16,
    },
    /// They saw a product's page, wherever they came from.
    #[serde(rename_all = "camelCase")]
    View {
        /// The product.
        product_id: ProductId,
    },
}

/// An event as it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Noted {
    /// A search.
    Search {
        /// Which.
        search_id: SearchId,
        /// What for, folded.
        query: String,
        /// Whether anything was found.
        found: bool,
    },
    /// A click on what a search had found.
    Click {
        /// What for, folded.
        query: String,
        /// On which product.
        product_id: ProductId,
        /// At which place.
        position: u16,
    },
    /// A product's page.
    View {
        /// Of which product.
        product_id: ProductId,
    },
}

/// A value that cannot be used, by the name of its field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {problem}")]
pub struct EventError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl BehaviourEvent {
    /// What of the event is kept; `None` for one whose query says nothing, or perhaps who somebody is.
    ///
    /// # Errors
    /// When the query is none that the search takes, or the position is not from 1 to 1,000.
    pub fn noted(self) -> Result<Option<Noted>, EventError> {
        Ok(match self {
            Self::Search { search_id, query, results } => {
                checked(&query)?.map(|query| Noted::Search { search_id, query, found: results > 0 })
            }
            Self::Click { query, product_id, position, .. } => {
                if !(1..=MOST_POSITIONS).contains(&position) {
                    let problem = format!("must be a whole number from 1 to {MOST_POSITIONS}");
                    return Err(EventError { field: "position", problem });
                }
                checked(&query)?.map(|query| Noted::Click { query, product_id, position })
            }
            Self::View { product_id } => Some(Noted::View { product_id }),
        })
    }
}

fn checked(query: &str) -> Result<Option<String>, EventError> {
    let words = Search::words(query);
    words.map_err(|error| EventError { field: "query", problem: error.to_string() })?;
    Ok(normalised(query))
}

/// A query as it is counted: its words without case, accents and signs, so that who writes `Desk-Lamp!` asks the same
/// as who writes `desk lamp`. `None` when it has no words, or may say who somebody is: an address of a mail, or more digits
/// than a size or an article has.
#[must_use]
pub fn normalised(query: &str) -> Option<String> {
    let names_a_mailbox = query.split_whitespace().any(|word| {
        word.split_once(['@', '\u{FF20}']).is_some_and(|(mailbox, host)| !mailbox.is_empty() && !host.is_empty())
    });
    if names_a_mailbox || query.chars().filter(|c| c.is_numeric()).count() > MOST_DIGITS {
        return None;
    }
    let words = folded_words(query).join(" ");
    Some(words).filter(|words| !words.is_empty() && words.chars().count() <= LONGEST)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn search(query: &str) -> BehaviourEvent {
        BehaviourEvent::Search { search_id: SearchId::named(&["s"]), query: query.to_owned(), results: 1 }
    }

    #[test]
    fn given_one_query_in_many_spellings_when_normalised_then_it_is_one() {
        for query in ["desk lamp", "  Desk-Lamp! ", "DÉSK   lamp", "desk,lamp"] {
            assert_eq!(normalised(query).as_deref(), Some("desk lamp"), "{query}");
        }
        assert_eq!(normalised("iPhone 15 Pro 128GB").as_deref(), Some("iphone 15 pro 128gb"));
    }

    #[test]
    fn given_what_may_say_who_somebody_is_when_normalised_then_nothing_is_kept() {
        for query in [
            "ada@example.com",
            "mail to ada.lovelace+shop@example.co.uk please",
            "ada＠example.com",
            "4242 4242 4242 4243",
            "+49 30 1234 567890",
            "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
            "",
            " !? ",
        ] {
            assert_eq!(normalised(query), None, "{query}");
            assert_eq!(search(query).noted(), Ok(None), "{query}");
        }
        assert_eq!(normalised("8bit @ home").as_deref(), Some("8bit home"));
    }

    #[test]
    fn given_a_value_out_of_bounds_when_noted_then_its_field_is_named() {
        let click = |position| BehaviourEvent::Click {
            search_id: SearchId::named(&["s"]),
            query: "lamp".to_owned(),
            product_id: ProductId::named(&["p"]),
            position,
        };
        assert_eq!(search(&"a".repeat(201)).noted().unwrap_err().field, "query");
        assert_eq!(search("a\u{0}b").noted().unwrap_err().field, "query");
        for position in [0, MOST_POSITIONS + 1] {
            assert_eq!(click(position).noted().unwrap_err().field, "position");
        }
        assert!(click(1).noted().unwrap().is_some() && click(MOST_POSITIONS).noted().unwrap().is_some());
    }
}
