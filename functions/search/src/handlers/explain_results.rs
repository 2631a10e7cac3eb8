//! Says why products rank as they do.

use rialto_http::{Caller, Operator, Problem, Request, Response, respond};

use super::query_products::{SearchQuery, full_search};
use crate::{domain::Explained, searcher::Searcher};

/// Explains a search
///
/// The products of `GET /v1/search` with the same parameters, each with the parts of its score.
#[utoipa::path(
    get, path = "/v1/search/explanation", operation_id = "search-explain-results", tag = "search",
    params(SearchQuery),
    responses((status = 200, description = "The products and their scores", body = Explained)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn explain_results(searcher: &Searcher, _: Operator, request: Request) -> Result<Response, Problem> {
    respond::ok(&searcher.explain(&full_search(&request)?).await?)
}
