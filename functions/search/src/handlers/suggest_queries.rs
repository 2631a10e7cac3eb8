//! Says what the beginning of a query may become.

use rialto_http::{Anyone, Caller, Fault, Problem, Request, Response, respond};
use serde::Deserialize;
use utoipa::IntoParams;

use super::query_products::{CACHE, refused};
use crate::{
    domain::{Search, Suggestions},
    searcher::Searcher,
};

const LONGEST: usize = 60;
const MOST_WORDS: usize = 8;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SuggestQuery {
    /// What has been typed so far, at most 60 characters and 8 words. Small typing errors do no harm.
    #[param(example = "wirel")]
    q: String,
}

/// Completes what is being typed
///
/// Products, brands and categories whose names have words that begin so, and what many others have searched for; none for nothing
/// but white space.
#[utoipa::path(
    get, path = "/v1/search/suggest", operation_id = "search-suggest-queries", tag = "search",
    params(SuggestQuery),
    responses((status = 200, description = "What it may become", body = Suggestions)),
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
)]
pub async fn suggest_queries(searcher: &Searcher, _: Anyone, request: Request) -> Result<Response, Problem> {
    let query: SuggestQuery = request.query()?;
    let words = Search::words(&query.q).map_err(|error| refused("q", Fault::OutOfRange, error.to_string()))?;
    let suggestions = match words {
        Some(words) if words.chars().count() > LONGEST || words.split(' ').count() > MOST_WORDS => {
            let detail = format!("must be at most {LONGEST} characters and {MOST_WORDS} words long");
            return Err(refused("q", Fault::OutOfRange, detail));
        }
        Some(words) => searcher.suggest(&words).await?,
        None => Suggestions::default(),
    };
    Ok(respond::ok(&suggestions)?.cache(CACHE))
}
