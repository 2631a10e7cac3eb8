//! Answers searches.

use rialto_http::{Anyone, Caller, Fault, Limit, Problem, Request, Response, code, respond};
use rialto_kernel::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{FilterError, Filters, Preferences, Search, SearchResults, Sort, Start},
    searcher::Searcher,
};

const ITEMS: &str = "/v1/items";
const LAST_PAGE: u32 = 10;
/// The edge keeps what many ask for; a browser asks again.
pub(super) const CACHE: &str = "public, max-age=0, s-maxage=300";

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct SearchQuery {
    /// What to look for, at most 200 characters and 20 words; without it, all products. A SKU or an id finds its product.
    /// Words that no product has are put right; see `matched`.
    #[param(example = "wireles headphones")]
    q: Option<String>,
    /// What to narrow it to: `brand:sony|bose,price:5000-20000,category:Audio>Headphones,available:true,attr.color:red`,
    /// `seller:<id>`. All filters must hold, and one value of each. Prices are in minor units. `\` precedes `,` `|` `:` `\` in a value.
    filters: Option<String>,
    /// What the shopper would rather have, as the storefront knows it: `brand:sony|bose,category:Audio>Headphones`. It narrows
    /// nothing; of products that match words as well, these come first. In other orders than relevance, and without words, it changes
    /// nothing.
    #[param(example = "brand:sony|bose")]
    prefer: Option<String>,
    /// The order.
    #[param(inline, value_type = SortName, required = false)]
    sort: Option<String>,
    /// Products a page.
    #[param(inline, required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// A page by its number; not together with `cursor`.
    #[param(value_type = u32, required = false, minimum = 1, maximum = 10)]
    page: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ItemsQuery {
    /// What to look for, as `q` of `/v1/search`.
    term: Option<String>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Products a page.
    #[param(inline, required = false)]
    size: Limit,
}

/// The orders that can be had.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "names the values for the contract; `Sort::parse` reads them")]
enum SortName {
    Relevance,
    PriceAsc,
    PriceDesc,
    Newest,
    BestSelling,
}

/// Finds products
///
/// Best matches first, with the numbers of products by brand, category, price, availability, seller and attributes: for
/// each value, as many as there would be if only that filter were set to it. A walk by `cursor` shows each product once; by
/// relevance, which moves a little as the catalogue changes, nearly so.
#[utoipa::path(
    get, path = "/v1/search", operation_id = "search-query-products", tag = "search",
    params(SearchQuery),
    responses((status = 200, description = "A page of products", body = SearchResults)),
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
)]
pub async fn query_products(searcher: &Searcher, _: Anyone, request: Request) -> Result<Response, Problem> {
    let search = if request.path() == ITEMS { items_search(&request)? } else { full_search(&request)? };
    Ok(respond::ok(&searcher.search(&search).await?)?.cache(CACHE))
}

/// Finds products by a term
///
/// The same as `GET /v1/search`, by shorter names.
#[utoipa::path(
    get, path = "/v1/items", operation_id = "search-query-products-by-term", tag = "search",
    params(ItemsQuery),
    responses((status = 200, description = "A page of products", body = SearchResults)),
    extensions(("x-rialto-caller" = json!(Anyone::NAME)), ("x-rialto-function" = json!("search-query-products"))),
)]
#[expect(dead_code, reason = "names the route for the contract; `query_products` answers it")]
fn query_items(_: &Searcher, _: Anyone, _: Request) {}

fn items_search(request: &Request) -> Result<Search, Problem> {
    let query: ItemsQuery = request.query()?;
    let query = SearchQuery { q: query.term, cursor: query.cursor, limit: query.size, ..SearchQuery::default() };
    search_of("term", query, request.now())
}

pub(super) fn full_search(request: &Request) -> Result<Search, Problem> {
    search_of("q", request.query()?, request.now())
}

pub(super) fn refused(name: &str, fault: Fault, detail: String) -> Problem {
    Problem::of(code::INVALID_QUERY).parameter(name, fault, detail)
}

fn search_of(words_name: &str, query: SearchQuery, now: Timestamp) -> Result<Search, Problem> {
    let words = Search::words(query.q.as_deref().unwrap_or_default())
        .map_err(|error| refused(words_name, Fault::OutOfRange, error.to_string()))?;
    let filters: Filters = query
        .filters
        .as_deref()
        .unwrap_or_default()
        .parse()
        .map_err(|error: FilterError| refused("filters", Fault::Malformed, error.to_string()))?;
    let preferences: Preferences = query
        .prefer
        .as_deref()
        .unwrap_or_default()
        .parse()
        .map_err(|error: FilterError| refused("prefer", Fault::Malformed, error.to_string()))?;
    let sort = query.sort.as_deref().map_or(Ok(Sort::default()), Sort::parse);
    let sort = sort.map_err(|error| refused("sort", Fault::NotAllowed, error.to_string()))?;
    if query.page.is_some() && query.cursor.is_some() {
        return Err(refused("page", Fault::NotAllowed, "must not be given together with cursor".to_owned()));
    }
    let page = match query.page.as_deref() {
        None => 1,
        Some(text) => text.parse().ok().filter(|page| (1..=LAST_PAGE).contains(page)).ok_or_else(|| {
            refused("page", Fault::OutOfRange, format!("must be a whole number from 1 to {LAST_PAGE}"))
        })?,
    };
    let browse = Search::browse(now, query.limit.get().into());
    let mut search = Search { words, filters, preferences, sort, start: Start::Page(page), ..browse };
    if let Some(cursor) = &query.cursor {
        search.resume(cursor)?;
    }
    Ok(search)
}

#[cfg(test)]
#[path = "query_products_tests.rs"]
mod tests;
