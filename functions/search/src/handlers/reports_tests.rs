#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::{Table, testing::tables};
use rialto_http::{code, testing::request};
use rialto_kernel::{ProductId, SearchId, UserId};
use serde_json::{Value, json};

use super::*;
use crate::{
    behaviour_store::Source,
    domain::behaviour::{Noted, Salt, effects},
};

fn now() -> Timestamp {
    "2026-11-22T01:10:00Z".parse().unwrap()
}

fn day() -> Day {
    "2026-11-21".parse().unwrap()
}

/// `people` visitors ask for the query, and the first of them click on what it found.
async fn asked(store: &BehaviourStore, query: &str, people: u32, found: bool, clicking: u32) {
    for number in 0..people {
        let source = Source::actor(day(), &Salt::of([1; 32]).shopper(UserId::named(&[&number.to_string()])));
        let search =
            Noted::Search { search_id: SearchId::named(&[&number.to_string()]), query: query.to_owned(), found };
        store.count(&source, &effects(day(), &search)).await.unwrap();
        if number < clicking {
            let click = Noted::Click { query: query.to_owned(), product_id: ProductId::named(&["p"]), position: 1 };
            store.count(&source, &effects(day(), &click)).await.unwrap();
        }
    }
}

async fn show(store: &BehaviourStore, day: &str, query: &str) -> Result<Value, Problem> {
    let operator = Operator { user_id: UserId::named(&["ada"]) };
    let request = request("GET", &format!("/v1/search/reports/{day}?{query}")).path("day", day).build();
    let answer = show_report(&Reports::over(store.clone()), operator, request).await?;
    Ok(serde_json::from_slice(answer.body()).unwrap())
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["query"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn given_a_day_of_searches_when_reported_then_each_kind_lists_its_queries_page_by_page() {
    for table in tables("behaviour").await.unwrap() {
        let store = BehaviourStore::new(table);
        asked(&store, "lamp", 12, true, 6).await;
        asked(&store, "desk", 10, true, 1).await;
        asked(&store, "unicorn", 8, false, 0).await;
        asked(&store, "somebodys name", 2, true, 0).await;
        let reporter = Reporter::over(store.clone(), 3, now);
        let reported = report_day(&reporter, ReportTick::default()).await.unwrap();
        assert_eq!(reported.days, [1, 2, 3].map(|days| Day::of(now()).before(days)));
        let top = show(&store, "2026-11-21", "kind=top&limit=2").await.unwrap();
        assert_eq!((names(&top), &top["madeAt"]), (vec!["lamp", "desk"], &json!("2026-11-22T01:10:00Z")));
        let lamp = json!({"query": "lamp", "actors": 12, "searches": 12, "zeroResults": 0, "clicks": 6, "clickedBy": 6,
            "orders": 0});
        assert_eq!(top["items"][0], lamp);
        let cursor = top["nextCursor"].as_str().unwrap();
        let rest = show(&store, "2026-11-21", &format!("kind=top&cursor={cursor}")).await.unwrap();
        assert_eq!((names(&rest), rest.get("nextCursor")), (vec!["unicorn"], None));
        assert_eq!(names(&show(&store, "2026-11-21", "kind=zero_results").await.unwrap()), ["unicorn"]);
        assert_eq!(names(&show(&store, "2026-11-21", "kind=low_clicks").await.unwrap()), ["desk"]);
        assert_eq!(
            names(&show(&store, "2026-11-20", "kind=top").await.unwrap()),
            [""; 0],
            "a quiet day has a report, too"
        );
        let foreign = show(&store, "2026-11-20", &format!("kind=top&cursor={cursor}")).await.unwrap_err();
        assert_eq!(foreign.code(), code::INVALID_CURSOR);
    }
}

#[tokio::test]
async fn given_no_day_or_one_without_a_report_when_shown_then_it_is_404_and_another_kind_is_400() {
    let store = BehaviourStore::new(Table::in_memory("t"));
    report_day(&Reporter::over(store.clone(), 1, now), ReportTick::default()).await.unwrap();
    for day in ["2026-11-22", "2026-11-31", "yesterday", "2026-11-21T00:00:00Z", "1999-01-01"] {
        assert_eq!(show(&store, day, "kind=top").await.unwrap_err().code(), code::NOT_FOUND, "{day}");
    }
    for query in ["", "kind=best", "kind=top&limit=0", "kind=top&day=1"] {
        assert_eq!(show(&store, "2026-11-21", query).await.unwrap_err().code(), code::INVALID_QUERY, "{query}");
    }
}

#[tokio::test]
async fn given_late_news_when_reported_again_then_the_report_has_them_and_an_earlier_run_that_ends_late_changes_nothing()
 {
    fn later() -> Timestamp {
        "2026-11-23T01:10:00Z".parse().unwrap()
    }
    let store = BehaviourStore::new(Table::in_memory("t"));
    asked(&store, "lamp", 3, true, 0).await;
    let only = ReportTick { day: Some(day()) };
    report_day(&Reporter::over(store.clone(), 1, now), only).await.unwrap();
    asked(&store, "desk", 5, true, 0).await;
    report_day(&Reporter::over(store.clone(), 1, later), ReportTick::default()).await.unwrap();
    let shown = show(&store, "2026-11-21", "kind=top").await.unwrap();
    assert_eq!(names(&shown), ["desk", "lamp"]);
    let stale = Report { made_at: now(), entries: Vec::new() };
    store.keep_report(day(), ReportKind::Top, &stale).await.unwrap();
    assert_eq!(show(&store, "2026-11-21", "kind=top").await.unwrap(), shown);
}
