//! `GET` and `PUT /v1/search/vocabulary`

use rialto_http::{Caller, Fault, Operator, Problem, Request, Response, code, respond};
use rialto_lambda::{Context, InitError};

use crate::{
    SEARCH_TABLE,
    domain::Vocabulary,
    store::{Changed, KeptVocabulary, SearchStore},
};

/// What managing the vocabulary needs.
#[derive(Debug, Clone)]
pub struct VocabularyKeeper {
    store: SearchStore,
}

impl VocabularyKeeper {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self::over(SearchStore::new(context.table(SEARCH_TABLE)?)))
    }

    /// Over this store.
    #[must_use]
    pub fn over(store: SearchStore) -> Self {
        Self { store }
    }
}

/// Shows what words mean to the search
///
/// With its version in `ETag`.
#[utoipa::path(
    get, path = "/v1/search/vocabulary", operation_id = "search-show-vocabulary", tag = "search",
    responses((status = 200, description = "The vocabulary", body = Vocabulary)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn show_vocabulary(keeper: &VocabularyKeeper, _: Operator, _: Request) -> Result<Response, Problem> {
    let kept = keeper.store.current_vocabulary().await?;
    Ok(respond::ok(&kept.vocabulary)?.etag(kept.version))
}

/// Replaces what words mean to the search
///
/// Searches heed it within a minute, with no need to index anything again; answers that the edge keeps live out their five
/// minutes.
#[utoipa::path(
    put, path = "/v1/search/vocabulary", operation_id = "search-set-vocabulary", tag = "search",
    params(("If-Match" = String, Header, description = "The `ETag` that was read")),
    request_body = Vocabulary,
    responses((status = 200, description = "The vocabulary", body = Vocabulary)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn set_vocabulary(
    keeper: &VocabularyKeeper,
    operator: Operator,
    request: Request,
) -> Result<Response, Problem> {
    let vocabulary: Vocabulary = request.json()?;
    vocabulary.check().map_err(|error| Problem::invalid(error.pointer, Fault::OutOfRange, error.problem))?;
    let wanted = request.required_if_match()?;
    let read = keeper.store.current_vocabulary().await?;
    wanted.admit(read.version)?;
    let kept = KeptVocabulary {
        version: read.version.saturating_add(1),
        vocabulary,
        changed: Some(Changed { by: operator.user_id, at: request.now() }),
    };
    if !keeper.store.replace_vocabulary(&kept, read.version).await? {
        return Err(Problem::of(code::PRECONDITION_FAILED));
    }
    Ok(respond::ok(&kept.vocabulary)?.etag(kept.version))
}

#[cfg(test)]
#[path = "vocabulary_tests.rs"]
mod tests;
