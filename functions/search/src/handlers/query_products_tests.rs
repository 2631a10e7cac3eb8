#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::{
    domain::{Position, PriceRange},
    open_search::OpenSearch,
    store::SearchStore,
};

fn nowhere() -> Searcher {
    let nowhere = OpenSearch::connect("http://127.0.0.1:1", None).unwrap();
    Searcher::over("test-products".to_owned(), nowhere, SearchStore::new(rialto_dynamo::Table::in_memory("t")))
}

fn read(query: SearchQuery) -> Result<Search, Problem> {
    search_of("q", query, Timestamp::from_second(1_800_000_000).unwrap())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn given_every_parameter_when_read_then_the_search_says_the_same() {
    let query = SearchQuery {
        q: some("  red   sofa "),
        filters: some("price:5000-"),
        prefer: some("brand:Sony"),
        sort: some("price_desc"),
        page: some("3"),
        ..SearchQuery::default()
    };
    let search = read(query).unwrap();
    assert_eq!(search.words.as_deref(), Some("red sofa"));
    assert_eq!(search.preferences, "brand:Sony".parse().unwrap());
    assert_eq!(search.filters.prices.first(), PriceRange::new(Some(5000), None).as_ref());
    assert_eq!((search.sort, search.limit, search.start), (Sort::PriceDesc, 20, Start::Page(3)));
}

#[test]
fn given_an_order_by_its_name_when_read_then_it_is_that_one() {
    for (name, sort) in [("relevance", Sort::Relevance), ("newest", Sort::Newest), ("best_selling", Sort::BestSelling)]
    {
        assert_eq!(read(SearchQuery { sort: some(name), ..SearchQuery::default() }).unwrap().sort, sort);
    }
}

#[test]
fn given_nothing_when_read_then_it_browses_the_first_page() {
    let search = read(SearchQuery::default()).unwrap();
    assert_eq!((search.words, search.sort, search.start), (None, Sort::Relevance, Start::Page(1)));
}

#[test]
fn given_a_parameter_that_cannot_be_used_when_read_then_the_problem_is_400_and_names_it() {
    let base = SearchQuery::default;
    for (query, code) in [
        (SearchQuery { q: some(&"a".repeat(201)), ..base() }, code::INVALID_QUERY),
        (SearchQuery { q: some(&"a.".repeat(21)), ..base() }, code::INVALID_QUERY),
        (SearchQuery { q: some(&"猫".repeat(21)), ..base() }, code::INVALID_QUERY),
        (SearchQuery { q: some("a\u{0}b"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { filters: some("colour:red"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { prefer: some("brand:sony,price:1-2"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { sort: some("rating"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { sort: some("PRICE"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { page: some("0"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { page: some("11"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { page: some("one"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { page: some("1"), cursor: some("x"), ..base() }, code::INVALID_QUERY),
        (SearchQuery { cursor: some("x"), ..base() }, code::INVALID_CURSOR),
    ] {
        let shown = format!("{query:?}");
        assert_eq!(read(query).unwrap_err().code(), code, "{shown}");
    }
}

#[test]
fn given_a_cursor_when_read_then_the_search_goes_on_from_it() {
    let first = read(SearchQuery { sort: some("newest"), ..SearchQuery::default() }).unwrap();
    let product = rialto_kernel::ProductId::named(&["test"]);
    let position = Position::Number(1_700_000_000_000, product);
    let cursor = first.cursor(&1_700_000_000_000_i64.into(), product).unwrap();
    let next = read(SearchQuery { sort: some("newest"), cursor: Some(cursor), ..SearchQuery::default() }).unwrap();
    assert_eq!(next.start, Start::After(position));
}

#[tokio::test]
async fn given_no_index_when_searched_then_the_answer_is_503_at_once() {
    let searcher = nowhere();
    for retry_after in ["5", "5", "5"] {
        let problem: Problem = searcher.search(&read(SearchQuery::default()).unwrap()).await.unwrap_err().into();
        assert_eq!(problem.code(), code::UNAVAILABLE);
        assert!(format!("{problem:?}").contains(&format!("\"retry-after\": \"{retry_after}\"")), "{problem:?}");
    }
}

#[test]
fn given_the_contract_when_written_then_both_routes_lead_to_one_function() {
    let contract = serde_json::to_value(crate::openapi()).unwrap();
    let operation = |path: &str| contract["paths"][path]["get"].clone();
    assert_eq!(operation("/v1/search")["operationId"], "search-query-products");
    assert_eq!(operation("/v1/items")["x-rialto-function"], "search-query-products");
    let names = operation("/v1/search")["parameters"].as_array().unwrap().clone();
    let names: Vec<_> = names.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
    let text = contract.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(contract["components"]["schemas"][reference].is_object(), "{reference} is nowhere");
    }
    assert_eq!(names, ["q", "filters", "prefer", "sort", "limit", "cursor", "page"]);
}

#[tokio::test]
async fn given_requests_of_both_routes_when_they_cannot_be_understood_then_the_answer_is_400() {
    let searcher = nowhere();
    for (path, name, value, expected) in [
        ("/v1/search", "limit", "0", code::INVALID_QUERY),
        ("/v1/search", "limit", "101", code::INVALID_QUERY),
        ("/v1/search", "term", "sofa", code::INVALID_QUERY),
        ("/v1/search", "cursor", "e30", code::INVALID_CURSOR),
        ("/v1/items", "size", "many", code::INVALID_QUERY),
        ("/v1/items", "q", "sofa", code::INVALID_QUERY),
        ("/v1/items", "term", "sofa", code::UNAVAILABLE),
    ] {
        let request = rialto_http::testing::request("GET", &format!("{path}?{name}={value}")).build();
        let problem = query_products(&searcher, Anyone, request).await.unwrap_err();
        assert_eq!(problem.code(), expected, "{path}?{name}={value}");
    }
}
