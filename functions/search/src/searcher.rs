//! Searching: asks the index, and asks again when no product has the words.

use std::sync::Arc;

use rialto_http::Problem;
use rialto_kernel::{CursorError, SearchId};
use rialto_lambda::{Context, InitError};
use thiserror::Error;

use crate::{
    BEHAVIOUR_TABLE, SEARCH_TABLE, alias_of,
    behaviour_store::BehaviourStore,
    domain::{
        Explained, Found, Ranking, Reading, Search, SearchResults, Suggestions, Wording, behaviour::matching_queries,
        query_body, read_explained, read_results, read_suggestions, suggest_body, weights::FEW,
    },
    index::IndexError,
    open_search::OpenSearch,
    popular_queries::PopularQueries,
    settings::Settings,
    store::SearchStore,
};

/// Queries that are suggested at once.
const MOST_QUERIES: usize = 4;

/// What searching needs.
#[derive(Debug, Clone)]
pub struct Searcher {
    alias: String,
    index: OpenSearch,
    settings: Settings,
    /// Only where suggestions are made.
    popular: Option<PopularQueries>,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum SearchFailure {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The cursor of the next page cannot be written.
    #[error(transparent)]
    Cursor(#[from] CursorError),
}

impl From<SearchFailure> for Problem {
    fn from(error: SearchFailure) -> Self {
        match error {
            SearchFailure::Index(error) => error.into(),
            SearchFailure::Cursor(error) => Self::internal(error),
        }
    }
}

/// What was found, and what for.
struct Answer {
    search: Search,
    wording: Wording,
    ranking: Arc<Ranking>,
    found: Found,
    did_you_mean: Option<String>,
}

impl Searcher {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = SearchStore::new(context.table(SEARCH_TABLE)?);
        Ok(Self::over(alias_of(context.stage()), OpenSearch::from_env(context)?, store))
    }

    /// Over these backing services.
    #[must_use]
    pub fn over(alias: String, index: OpenSearch, store: SearchStore) -> Self {
        Self { alias, index, settings: Settings::new(store), popular: None }
    }

    /// One that suggests popular queries, too.
    ///
    /// # Errors
    /// When a setting is missing.
    pub fn suggesting(context: &Context) -> Result<Self, InitError> {
        let store = BehaviourStore::new(context.table(BEHAVIOUR_TABLE)?);
        Ok(Self::new(context)?.with_popular(store))
    }

    /// With the popular queries of this store.
    #[must_use]
    pub fn with_popular(self, store: BehaviourStore) -> Self {
        Self { popular: Some(PopularQueries::new(store)), ..self }
    }

    /// The page that answers a search.
    ///
    /// # Errors
    /// When the index is down.
    pub async fn search(&self, search: &Search) -> Result<SearchResults, SearchFailure> {
        let answer = self.answer(search, false).await?;
        Ok(read_results(&answer.search, &answer.ranking, &answer.found, answer.did_you_mean, SearchId::draw())?)
    }

    /// Why the products of a page rank as they do.
    ///
    /// # Errors
    /// When the index is down.
    pub async fn explain(&self, search: &Search) -> Result<Explained, SearchFailure> {
        let Answer { search, wording, found, .. } = self.answer(search, true).await?;
        Ok(read_explained(&search, wording, found))
    }

    /// What the beginning of a query may become.
    ///
    /// # Errors
    /// When the index is down.
    pub async fn suggest(&self, beginning: &str) -> Result<Suggestions, SearchFailure> {
        let popular = async {
            match &self.popular {
                Some(popular) => matching_queries(&popular.current().await, beginning, MOST_QUERIES),
                None => Vec::new(),
            }
        };
        let body = suggest_body(beginning);
        let (answer, queries) = futures::join!(self.index.suggest(&self.alias, &body), popular);
        Ok(read_suggestions(beginning, answer?, queries))
    }

    /// Asks with the words as they are written. Words that no product has are put right if one is near. If nothing at all is
    /// found then, any of the words and what is near to them will do; if little, products that have any of the words follow,
    /// unless they are sorted by something else. What is found decides before it is narrowed by filters, so that facets
    /// count the same products whichever of their values is chosen.
    async fn answer(&self, search: &Search, explained: bool) -> Result<Answer, SearchFailure> {
        let written = self.ask(search.clone(), explained).await?;
        let (Some(words), None) = (&search.words, &search.reading) else { return Ok(written) };
        if let Some(corrected) = written.found.correction(words) {
            let reading = Some(Reading::Corrected(corrected.clone()));
            let answer = self.ask(Search { reading, ..search.clone() }, explained).await?;
            if !answer.found.is_empty() {
                let answer = self.widened(answer, explained).await?;
                return Ok(Answer { did_you_mean: Some(corrected), ..answer });
            }
        }
        if written.found.is_empty() {
            let loose = self.ask(Search { reading: Some(Reading::Loose), ..search.clone() }, explained).await?;
            if !loose.found.is_empty() {
                return Ok(loose);
            }
        }
        let search = Search { reading: Some(Reading::Written), ..written.search };
        self.widened(Answer { search, ..written }, explained).await
    }

    /// The answer, or a wider one if it has few products. One word cannot be had in part, nor can a SKU.
    async fn widened(&self, answer: Answer, explained: bool) -> Result<Answer, SearchFailure> {
        let search = &answer.search;
        let has_one_word = !answer.wording.readings.iter().any(|reading| reading.contains(char::is_whitespace));
        let enough = answer.found.is_empty() || answer.found.count() >= FEW;
        if !search.is_scored() || has_one_word || enough || answer.found.is_named() {
            return Ok(answer);
        }
        let corrected = search.reading.as_ref().and_then(Reading::corrected).map(str::to_owned);
        let reading = Some(Reading::Widened(corrected));
        let wider = self.ask(Search { reading, ..search.clone() }, explained).await?;
        if wider.found.count() > answer.found.count() { Ok(wider) } else { Ok(answer) }
    }

    async fn ask(&self, search: Search, explained: bool) -> Result<Answer, SearchFailure> {
        let (vocabulary, ranking) = self.settings.current().await;
        let wording = search.asked().map(|words| vocabulary.wording(words)).unwrap_or_default();
        let body = query_body(&search, &wording, &ranking, explained);
        let found = self.index.find(&self.alias, &search.affinity(), &body, explained).await?;
        Ok(Answer { search, wording, ranking, found, did_you_mean: None })
    }
}
