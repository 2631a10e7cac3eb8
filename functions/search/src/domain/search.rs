//! What a shopper asks for.

use std::hash::{DefaultHasher, Hash, Hasher};

use rialto_kernel::{Cursor, CursorError, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{filters::Filters, preferences::Preferences};

const LONGEST_WORDS: usize = 200;
/// Each word becomes a clause for each field and for each word near it; the index takes 1,024 clauses.
const MOST_WORDS: usize = 20;
/// From here on (Chinese, Japanese, Korean, signs) the index may take each character for a word.
const IDEOGRAPHS: char = '\u{2e80}';

/// One page of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// What to look for; absent to browse.
    pub words: Option<String>,
    /// What to narrow it to.
    pub filters: Filters,
    /// What the shopper would rather have.
    pub preferences: Preferences,
    /// In which order.
    pub sort: Sort,
    /// Products a page.
    pub limit: u32,
    /// Where the page starts.
    pub start: Start,
    /// How the words are taken; `None` lets what is found decide. A cursor says how its first page took them.
    pub reading: Option<Reading>,
    /// When the walk's first page was asked for: promotions of that time hold on all of them, and ages are counted from its day.
    pub now: Timestamp,
}

/// How the words of a search are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reading {
    /// As they are written.
    Written,
    /// As these words, each of which some product has.
    Corrected(String),
    /// As they are written, or as these; products that have any of them follow, as few have enough of them.
    Widened(Option<String>),
    /// Any of them will do, and words that are near to them.
    Loose,
}

/// Where a walk goes on: the last product with its rank, when its first page was asked for (milliseconds since 1970), and how its
/// words were taken.
type Mark = (serde_json::Number, ProductId, i64, Option<Reading>);

/// The order of what is found; products of equal rank follow their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best match first; when browsing, newest first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
    /// Newest first.
    Newest,
    /// Those in most orders of the last 28 days first.
    BestSelling,
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// A page by number, from 1.
    Page(u32),
    /// After the last product of another page.
    After(Position),
}

/// The rank of the last product of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Position {
    /// By relevance.
    Score(f64, ProductId),
    /// By price (minor units), time (milliseconds since 1970) or orders.
    Number(i64, ProductId),
}

/// A parameter that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SearchError {
    /// The words are too long.
    #[error("must be at most {LONGEST_WORDS} characters long")]
    TooLong,
    /// Too many words.
    #[error("must be at most {MOST_WORDS} words")]
    TooManyWords,
    /// The words hold control characters.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// A known order for which there are no data yet.
    #[error("cannot be sorted by yet")]
    UnsupportedSort,
    /// Not an order.
    #[error("must be relevance, price_asc, price_desc, newest or best_selling")]
    UnknownSort,
}

impl Search {
    /// The first page of all products, asked for at `now`.
    #[must_use]
    pub fn browse(now: Timestamp, limit: u32) -> Self {
        Self {
            words: None,
            filters: Filters::default(),
            preferences: Preferences::default(),
            sort: Sort::default(),
            limit,
            start: Start::Page(1),
            reading: None,
            now,
        }
    }

    /// What to look for, with white space put right; `None` when there is nothing but white space.
    ///
    /// # Errors
    /// When the text is longer than 200 characters or 20 words, or has control characters.
    pub fn words(text: &str) -> Result<Option<String>, SearchError> {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.chars().count() > LONGEST_WORDS {
            return Err(SearchError::TooLong);
        }
        if count_of_words(&words) > MOST_WORDS {
            return Err(SearchError::TooManyWords);
        }
        if words.chars().any(char::is_control) {
            return Err(SearchError::ControlCharacter);
        }
        Ok(Some(words).filter(|words| !words.is_empty()))
    }

    /// What must stay the same from page to page: everything but the page.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let words = self.words.as_deref().unwrap_or_default();
        format!("search\n{words}\n{}\n{}\n{:?}", self.filters, self.preferences, self.sort)
    }

    /// The same short text for all pages of a search.
    #[must_use]
    pub fn affinity(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.fingerprint().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Whether products are ranked by how well they match.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.sort == Sort::Relevance && self.words.is_some()
    }

    /// Goes on after the product a cursor names.
    ///
    /// # Errors
    /// When the cursor is of another search.
    pub fn resume(&mut self, cursor: &str) -> Result<(), CursorError> {
        let query = self.fingerprint();
        let (rank, product, millis, reading): Mark = Cursor::decode(cursor, &query)?;
        let now = Timestamp::from_millisecond(millis).map_err(|_| CursorError)?;
        let position = self.position(&rank, product).ok_or(CursorError)?;
        if let Some(words) = reading.as_ref().and_then(Reading::corrected) {
            Self::words(words).map_err(|_| CursorError)?;
        }
        self.start = Start::After(position);
        self.now = now;
        self.reading = reading;
        Ok(())
    }

    /// The cursor that goes on after a rank.
    ///
    /// # Errors
    /// When the rank is not one of this order.
    pub fn cursor(&self, rank: &serde_json::Number, product: ProductId) -> Result<String, CursorError> {
        self.position(rank, product).ok_or(CursorError)?;
        let mark: Mark = (rank.clone(), product, self.now.as_millisecond(), self.reading.clone());
        Cursor::encode(&self.fingerprint(), &mark)
    }

    fn position(&self, rank: &serde_json::Number, product: ProductId) -> Option<Position> {
        if self.is_scored() {
            return rank.as_f64().map(|score| Position::Score(score, product));
        }
        rank.as_i64().map(|number| Position::Number(number, product))
    }

    /// The midnight (UTC) from which the age of products is counted, in milliseconds since 1970.
    #[must_use]
    pub fn midnight(&self) -> i64 {
        const DAY: i64 = 86_400_000;
        let millis = self.now.as_millisecond();
        millis.saturating_sub(millis.rem_euclid(DAY))
    }

    /// The words that products are asked for.
    #[must_use]
    pub fn asked(&self) -> Option<&str> {
        let words = self.words.as_deref()?;
        Some(self.reading.as_ref().and_then(Reading::corrected).unwrap_or(words))
    }
}

impl Reading {
    /// The words that are asked for in place of those that are written.
    #[must_use]
    pub fn corrected(&self) -> Option<&str> {
        match self {
            Self::Corrected(words) | Self::Widened(Some(words)) => Some(words),
            Self::Widened(None) | Self::Written | Self::Loose => None,
        }
    }
}

fn count_of_words(text: &str) -> usize {
    let runs = text.split(|c: char| !c.is_alphanumeric() || c >= IDEOGRAPHS).filter(|run| !run.is_empty());
    runs.count().saturating_add(text.chars().filter(|c| *c >= IDEOGRAPHS).count())
}

impl Sort {
    /// # Errors
    /// When it is not an order, or not one of those that can be had yet.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        match text {
            "relevance" => Ok(Self::Relevance),
            "price_asc" => Ok(Self::PriceAsc),
            "price_desc" => Ok(Self::PriceDesc),
            "newest" => Ok(Self::Newest),
            "best_selling" => Ok(Self::BestSelling),
            "rating" => Err(SearchError::UnsupportedSort),
            _ => Err(SearchError::UnknownSort),
        }
    }
}
