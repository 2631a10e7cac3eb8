//! `GET` and `PUT /v1/search/ranking`

use rialto_http::{Caller, Operator, Problem, Request, Response};

use super::setting::SettingKeeper;
use crate::domain::Ranking;

/// Shows how products are ranked
///
/// With its version in `ETag`.
#[utoipa::path(
    get, path = "/v1/search/ranking", operation_id = "search-show-ranking", tag = "search",
    responses((status = 200, description = "The ranking", body = Ranking)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn show_ranking(keeper: &SettingKeeper, _: Operator, _: Request) -> Result<Response, Problem> {
    keeper.show::<Ranking>().await
}

/// Replaces how products are ranked
///
/// Weights that are left out are as they were made; a weight that would let a product without a word above one with every word
/// is refused. Searches heed it within a minute, with no need to index anything again; answers that the edge keeps live out their five
/// minutes.
#[utoipa::path(
    put, path = "/v1/search/ranking", operation_id = "search-set-ranking", tag = "search",
    params(("If-Match" = String, Header, description = "The `ETag` that was read")),
    request_body = Ranking,
    responses((status = 200, description = "The ranking", body = Ranking)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn set_ranking(keeper: &SettingKeeper, operator: Operator, request: Request) -> Result<Response, Problem> {
    keeper.set::<Ranking>(operator, request).await
}

#[cfg(test)]
#[path = "ranking_tests.rs"]
mod tests;
