//! Past queries worth suggesting: those that many asked and that found something.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use super::report::QueryTotals;
use crate::domain::{fold::folded_words, suggest::is_beginning};

/// What is suggested is what can be typed there.
const LONGEST: usize = 60;
/// A query that finds nothing for more than one visitor in so many is not suggested.
const ONE_IN: u64 = 10;

/// A query with how many asked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopularQuery {
    /// The query, folded.
    #[serde(rename = "q")]
    pub query: String,
    /// Visitors who asked it, each once a day.
    #[serde(rename = "n")]
    pub actors: u64,
}

/// Queries while the days are gone through.
#[derive(Debug, Clone)]
pub struct Popularity {
    least_actors: u64,
    /// Visitors who asked, and those for whom nothing was found.
    queries: BTreeMap<String, (u64, u64)>,
}

impl Popularity {
    /// No queries yet. A day counts for a query only if at least `least_actors` different visitors asked it then: a few on
    /// many days could be one person.
    #[must_use]
    pub fn new(least_actors: u64) -> Self {
        Self { least_actors: least_actors.max(1), queries: BTreeMap::new() }
    }

    /// Takes in the counts of a query on a day.
    pub fn note(&mut self, day: QueryTotals) {
        if day.actors >= self.least_actors && day.query.chars().count() <= LONGEST {
            let (asked, in_vain) = self.queries.entry(day.query).or_default();
            *asked = asked.saturating_add(day.actors);
            *in_vain = in_vain.saturating_add(day.zero_actors);
        }
    }

    /// The queries that can be suggested, at most so many.
    #[must_use]
    pub fn finished(self, most: usize) -> Vec<PopularQuery> {
        let found = self.queries.into_iter().filter(|(_, (asked, in_vain))| in_vain.saturating_mul(ONE_IN) <= *asked);
        best(found.map(|(query, (actors, _))| PopularQuery { query, actors }).collect(), most)
    }
}

/// The most popular of the queries.
#[must_use]
pub fn best(mut queries: Vec<PopularQuery>, most: usize) -> Vec<PopularQuery> {
    queries.sort_by(|a, b| (Reverse(a.actors), &a.query).cmp(&(Reverse(b.actors), &b.query)));
    queries.truncate(most);
    queries
}

/// The queries that begin so, at most so many: those that do letter by letter first, then those that do but for a
/// typing error, the more popular first. `popular` is in order of popularity.
#[must_use]
pub fn matching_queries(popular: &[PopularQuery], beginning: &str, most: usize) -> Vec<String> {
    let words = folded_words(beginning);
    let typed = words.join(" ");
    if typed.is_empty() {
        return Vec::new();
    }
    let exact = popular.iter().filter(|popular| popular.query.starts_with(&typed));
    let near = popular.iter().filter(|popular| begins(&words, &popular.query));
    let mut shown = BTreeSet::new();
    let chosen = exact.chain(near).map(|popular| &popular.query).filter(|query| shown.insert(query.as_str()));
    chosen.take(most).cloned().collect()
}

/// Whether the words are the first of the query, the last of them perhaps only its beginning.
fn begins(words: &[String], query: &str) -> bool {
    let of_query: Vec<&str> = query.split(' ').collect();
    let whole = |word: &str, of_query: &str| of_query.chars().count() <= word.chars().count().saturating_add(1);
    words.len() <= of_query.len()
        && words.iter().zip(&of_query).enumerate().all(|(index, (word, of_query))| {
            let is_last = index.saturating_add(1) == words.len();
            is_beginning(word, of_query) && (is_last || whole(word, of_query))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(query: &str, actors: u64, zero_actors: u64) -> QueryTotals {
        QueryTotals { query: query.to_owned(), actors, zero_actors, ..QueryTotals::default() }
    }

    fn popular(queries: &[(&str, u64)]) -> Vec<PopularQuery> {
        queries.iter().map(|(query, actors)| PopularQuery { query: (*query).to_owned(), actors: *actors }).collect()
    }

    #[test]
    fn given_the_counts_of_days_when_finished_then_what_few_asked_at_once_or_found_nothing_is_left_out() {
        let mut counted = Popularity::new(3);
        for entry in [
            day("desk lamp", 5, 0),
            day("desk lamp", 3, 0),
            day("one person each day", 1, 0),
            day("one person each day", 1, 0),
            day("one person each day", 1, 0),
            day("unicorn", 9, 9),
            day("lamp", 40, 4),
            day("lamp", 4, 1),
            day(&"a".repeat(61), 9, 0),
        ] {
            counted.note(entry);
        }
        assert_eq!(counted.clone().finished(10), popular(&[("desk lamp", 8)]), "five of 44 found no lamp");
        counted.note(day("lamp", 6, 0));
        assert_eq!(counted.finished(10), popular(&[("lamp", 50), ("desk lamp", 8)]));
    }

    #[test]
    fn given_a_beginning_when_matched_then_letter_by_letter_comes_first_and_a_typing_error_is_forgiven() {
        let popular = popular(&[("headset", 90), ("headphones wireless", 50), ("heat pump", 20), ("desk lamp", 10)]);
        let matching = |beginning: &str| matching_queries(&popular, beginning, 3);
        assert_eq!(matching("HEAD"), ["headset", "headphones wireless", "heat pump"]);
        assert_eq!(matching("hedphones wire"), ["headphones wireless"]);
        assert_eq!(matching("desk l"), ["desk lamp"]);
        assert_eq!(matching("de lamp"), Vec::<String>::new(), "only the last word may be a beginning");
        assert_eq!(matching("lamp"), Vec::<String>::new());
        assert_eq!(matching(" !"), Vec::<String>::new());
    }
}
