//! `GET` and `PUT /v1/search/vocabulary`

use rialto_http::{Caller, Operator, Problem, Request, Response};

use super::setting::SettingKeeper;
use crate::domain::Vocabulary;

/// Shows what words mean to the search
///
/// With its version in `ETag`.
#[utoipa::path(
    get, path = "/v1/search/vocabulary", operation_id = "search-show-vocabulary", tag = "search",
    responses((status = 200, description = "The vocabulary", body = Vocabulary)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn show_vocabulary(keeper: &SettingKeeper, _: Operator, _: Request) -> Result<Response, Problem> {
    keeper.show::<Vocabulary>().await
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
pub async fn set_vocabulary(keeper: &SettingKeeper, operator: Operator, request: Request) -> Result<Response, Problem> {
    keeper.set::<Vocabulary>(operator, request).await
}

#[cfg(test)]
#[path = "vocabulary_tests.rs"]
mod tests;
