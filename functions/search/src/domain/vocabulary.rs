//! What words mean in this shop: synonyms, and words that must not be taken for each other.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    fold::folded_words,
    setting::{Setting, Unusable},
};

const MOST_ENTRIES: usize = 500;
const MOST_TERMS: usize = 12;
const LONGEST_TERM: usize = 60;
const MOST_WORDS_OF_A_TERM: usize = 5;
/// Readings of one query, the query itself among them, and the words in all of them: each word is a clause for each
/// field, and the index takes 1,024 clauses.
const MOST_READINGS: usize = 8;
const MOST_WORDS_OF_ALL: usize = 24;

/// Words as operators have defined them. Case, accents and signs do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Vocabulary {
    /// Terms that mean the same: who asks for one finds all. At most 12 a group.
    #[serde(default)]
    #[schema(value_type = Vec<Group>, max_items = 500, example = json!([["sofa", "couch", "settee"]]))]
    pub two_way: Vec<Vec<String>>,
    /// Terms that stand for others, but not the other way round.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub one_way: Vec<OneWay>,
    /// Pairs that must not meet: who asks for the one does not find the other, unless they name it.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub never: Vec<Never>,
}

/// Who asks for `from` finds `to` as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OneWay {
    /// What is asked for.
    #[schema(min_length = 1, max_length = 60, example = "laptop bag")]
    pub from: String,
    /// What is found too.
    #[schema(value_type = Vec<Term>, min_items = 1, max_items = 12)]
    pub to: Vec<String>,
}

/// Who asks for `query` does not find products that say `product`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Never {
    /// What is asked for.
    #[schema(min_length = 1, max_length = 60, example = "pan")]
    pub query: String,
    /// What is kept out.
    #[schema(min_length = 1, max_length = 60, example = "pan pipe")]
    pub product: String,
}

/// Terms that mean the same, as the contract bounds them; [`Vocabulary::check`] is the judge.
#[derive(ToSchema)]
#[schema(value_type = Vec<Term>, min_items = 2, max_items = 12, example = json!(["sofa", "couch"]))]
#[allow(dead_code, reason = "a schema")]
pub(super) struct Group(Vec<Term>);

/// One word or a few.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 60, example = "sofa")]
#[allow(dead_code, reason = "a schema")]
pub(super) struct Term(String);

/// What a query means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// The query as it is written, then with synonyms in place of its terms.
    pub readings: Vec<String>,
    /// What must not be in a product.
    pub never: Vec<String>,
}

impl Setting for Vocabulary {
    const NAME: &'static str = "VOCABULARY";

    /// # Errors
    /// When there are more than 500 entries or 12 terms in one, or a term has no word, more than five words or 60
    /// characters, or means itself.
    fn check(&self) -> Result<(), Unusable> {
        let refused = |pointer: String, problem: &str| Err(Unusable::at(pointer, problem));
        if self.two_way.len().saturating_add(self.one_way.len()).saturating_add(self.never.len()) > MOST_ENTRIES {
            return refused(String::new(), "must have at most 500 entries");
        }
        for (index, group) in self.two_way.iter().enumerate() {
            check_terms(group, &format!("/twoWay/{index}"), 2)?;
        }
        for (index, entry) in self.one_way.iter().enumerate() {
            check_term(&entry.from, format!("/oneWay/{index}/from"))?;
            check_terms(&entry.to, &format!("/oneWay/{index}/to"), 1)?;
        }
        for (index, pair) in self.never.iter().enumerate() {
            check_term(&pair.query, format!("/never/{index}/query"))?;
            check_term(&pair.product, format!("/never/{index}/product"))?;
            if contains(&folded_words(&pair.query), &folded_words(&pair.product)) {
                return refused(format!("/never/{index}/product"), "must not be part of what is asked for");
            }
        }
        Ok(())
    }
}

impl Vocabulary {
    /// What a query means: itself, then with one term after the other replaced, at most eight readings.
    #[must_use]
    pub fn wording(&self, query: &str) -> Wording {
        let words = folded_words(query);
        let never = self.never.iter().filter(|pair| {
            contains(&words, &folded_words(&pair.query)) && !contains(&words, &folded_words(&pair.product))
        });
        let mut wording = Wording {
            readings: vec![query.to_owned()],
            never: never.map(|pair| pair.product.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        };
        if !self.two_way.is_empty() || !self.one_way.is_empty() {
            self.expand(&words, &mut wording.readings);
        }
        wording
    }

    fn expand(&self, words: &[String], readings: &mut Vec<String>) {
        let mut known: Vec<Vec<String>> = vec![words.to_vec()];
        let mut of_all = words.len();
        let mut next = 0;
        while let Some(base) = known.get(next).cloned() {
            for (from, to) in self.replacements() {
                let Some(start) = position(&base, &from) else { continue };
                let rest = base.iter().skip(start.saturating_add(from.len()));
                let replaced: Vec<String> = base.iter().take(start).chain(&to).chain(rest).cloned().collect();
                // A term that holds what it stands for would grow for ever.
                if contains(&base, &to) || known.contains(&replaced) {
                    continue;
                }
                of_all = of_all.saturating_add(replaced.len());
                if known.len() >= MOST_READINGS || of_all > MOST_WORDS_OF_ALL {
                    return;
                }
                readings.push(replaced.join(" "));
                known.push(replaced);
            }
            next = next.saturating_add(1);
        }
    }

    fn replacements(&self) -> impl Iterator<Item = (Vec<String>, Vec<String>)> {
        let groups = self.two_way.iter().flat_map(|group| {
            let pairs = group.iter().flat_map(move |from| group.iter().map(move |to| (from, to)));
            pairs.filter(|(from, to)| from != to)
        });
        let one_way = self.one_way.iter().flat_map(|entry| entry.to.iter().map(move |to| (&entry.from, to)));
        groups.chain(one_way).map(|(from, to)| (folded_words(from), folded_words(to)))
    }
}

fn check_terms(terms: &[String], pointer: &str, least: usize) -> Result<(), Unusable> {
    if terms.len() < least || terms.len() > MOST_TERMS {
        return Err(Unusable::at(pointer, format!("must have {least} to {MOST_TERMS} terms")));
    }
    terms.iter().enumerate().try_for_each(|(index, term)| check_term(term, format!("{pointer}/{index}")))
}

fn check_term(term: &str, pointer: String) -> Result<(), Unusable> {
    let usable = (1..=MOST_WORDS_OF_A_TERM).contains(&folded_words(term).len())
        && term.chars().count() <= LONGEST_TERM
        && !term.chars().any(char::is_control);
    if usable {
        return Ok(());
    }
    Err(Unusable::at(pointer, "must be one to five words of at most 60 characters"))
}

fn position(words: &[String], term: &[String]) -> Option<usize> {
    let same = |window: &[String]| window.iter().zip(term).all(|(word, of_term)| is_same(word, of_term));
    words.windows(term.len().max(1)).position(|window| window.len() == term.len() && same(window))
}

/// Up to a regular plural of one of them.
fn is_same(a: &str, b: &str) -> bool {
    let plural = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|end| matches!(end, "" | "s" | "es"));
    plural(a, b) || plural(b, a)
}

fn contains(words: &[String], term: &[String]) -> bool {
    position(words, term).is_some()
}

#[cfg(test)]
#[path = "vocabulary_tests.rs"]
mod tests;
