//! Queries of the table and of its indexes.

use std::collections::{BTreeMap, BTreeSet};

use rialto_dynamo::{Error, Position, Query, Table, cond};
use serde::Deserialize;

use crate::{Key, key, on_every_table, put};

#[derive(Debug, PartialEq, Deserialize)]
struct Row {
    sk: String,
    n: u32,
}

/// `P`: S#00 to S#09, and one item each in partitions around it; odd ones are in the index under `G`, two a sort key.
async fn filled(table: &Table) {
    for n in 0..10_u32 {
        let mut row = put(&Key::new("P", format!("S#{n:02}"))).with("n", n);
        if n % 2 == 1 {
            row = row.gsi1("G", format!("T#{}", n / 4));
        }
        table.put(row).await.unwrap();
    }
    for other in ["O", "P#", "PP"] {
        table.put(put(&Key::new(other, "S#03")).with("n", 99).gsi1(other, "T#0")).await.unwrap();
    }
}

async fn numbers(table: &Table, query: Query) -> Vec<u32> {
    table.query_all::<Row>(query).await.unwrap().into_iter().map(|row| row.n).collect()
}

#[tokio::test]
async fn sort_key_conditions_select_within_the_partition() {
    on_every_table(async |table| {
        filled(&table).await;
        let p = || Query::pk("P");
        for (query, expected) in [
            (p(), (0..10).collect::<Vec<u32>>()),
            (p().strong().descending(), (0..10).rev().collect()),
            (p().sk_eq("S#04"), vec![4]),
            (p().sk_lt("S#02"), vec![0, 1]),
            (p().sk_le("S#02"), vec![0, 1, 2]),
            (p().sk_gt("S#07"), vec![8, 9]),
            (p().sk_ge("S#07"), vec![7, 8, 9]),
            (p().sk_begins("S#0"), (0..10).collect()),
            (p().sk_begins("T"), vec![]),
            (p().sk_between("S#03", "S#05"), vec![3, 4, 5]),
            (p().sk_between("S#03", "S#05").descending(), vec![5, 4, 3]),
            (p().filter(cond::ge("n", 8)), vec![8, 9]),
            (p().filter(cond::ge("n", 3)).filter(cond::lt("n", 5)), vec![3, 4]),
            (Query::pk("absent"), vec![]),
        ] {
            assert_eq!(numbers(&table, query.clone()).await, expected, "{table:?} {query:?}");
            // In pages of any size the same.
            for limit in [1, 3, 10, 11] {
                assert_eq!(numbers(&table, query.clone().limit(limit)).await, expected, "{table:?} {limit} {query:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_holds_items_that_have_its_keys() {
    on_every_table(async |table| {
        filled(&table).await;
        let g = || Query::pk("G").index("gsi1");
        let mut all = numbers(&table, g()).await;
        all.sort_unstable();
        assert_eq!(all, [1, 3, 5, 7, 9]);
        assert_eq!(numbers(&table, g().sk_ge("T#2")).await, [9]);
        assert_eq!(numbers(&table, g().descending().limit(1)).await.first(), Some(&9));
        let mut first = numbers(&table, g().sk_eq("T#0").limit(1)).await;
        first.sort_unstable();
        assert_eq!(first, [1, 3], "pages split items of one index key");
    })
    .await;
}

#[tokio::test]
async fn a_page_is_full_and_tells_whether_there_is_more() {
    on_every_table(async |table| {
        filled(&table).await;
        let page = table.query::<Row>(Query::pk("P").limit(4)).await.unwrap();
        assert_eq!(page.items.len(), 4);
        let rest = Query::pk("P").limit(6).after(page.next);
        let page = table.query::<Row>(rest).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.n).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
        assert_eq!(page.next, None, "the last page is known as such");
        let filtered = Query::pk("P").filter(cond::is_in("n", [0, 5, 9])).limit(2);
        let page = table.query::<Row>(filtered.clone()).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.n).collect::<Vec<_>>(), [0, 5]);
        let page = table.query::<Row>(filtered.after(page.next)).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.n).collect::<Vec<_>>(), [9]);
        assert_eq!(page.next, None);
    })
    .await;
}

#[tokio::test]
async fn positions_survive_a_cursor_and_the_deletion_of_their_item() {
    on_every_table(async |table| {
        filled(&table).await;
        for query in [Query::pk("P").limit(2), Query::pk("G").index("gsi1").limit(2)] {
            let page = table.query::<Row>(query.clone()).await.unwrap();
            let text = serde_json::to_string(&page.next.unwrap()).unwrap();
            let last = page.items.last().unwrap();
            table.delete(rialto_dynamo::Delete::of(Key::new("P", last.sk.clone()))).await.unwrap();
            let position: Position = serde_json::from_str(&text).unwrap();
            let next = table.query::<Row>(query.after(position)).await.unwrap();
            assert!(!next.items.is_empty() && !next.items.contains(last));
        }
    })
    .await;
}

#[tokio::test]
async fn forged_positions_are_told_apart() {
    on_every_table(async |table| {
        filled(&table).await;
        let position = |text: &str| serde_json::from_str::<Position>(text).unwrap();
        let of_index = r#"{"sk":"T#0","base":{"pk":"P","sk":"S#01"}}"#;
        for query in [
            Query::pk("P").after(position(r#"{"sk":""}"#)),
            Query::pk("P").after(position(of_index)),
            Query::pk("P").sk_begins("S#").after(position(r#"{"sk":"T#00"}"#)),
            Query::pk("P").sk_between("S#01", "S#03").after(position(r#"{"sk":"S#04"}"#)),
            Query::pk("G").index("gsi1").after(position(r#"{"sk":"T#0"}"#)),
            Query::pk("G").index("gsi1").after(position(r#"{"sk":"T#0","base":{"pk":"","sk":"S"}}"#)),
        ] {
            let outcome = table.query::<Row>(query).await;
            assert!(matches!(outcome, Err(Error::Position)), "{table:?} {outcome:?}");
        }
        // One that merely names another place of the same list reads from there.
        assert_eq!(numbers(&table, Query::pk("P").after(position(r#"{"sk":"S#075"}"#))).await, [8, 9]);
    })
    .await;
}

type Keys = BTreeMap<String, String>;

#[tokio::test]
async fn the_second_index_has_keys_only_and_pages_as_the_first() {
    on_every_table(async |table| {
        for n in 0..6_u32 {
            let row = put(&Key::new(format!("P{n}"), "S")).with("n", n).with("gsi2sk", format!("T#{}", n / 2));
            table.put(if n == 5 { row } else { row.with("gsi2pk", "H") }).await.unwrap();
        }
        let h = || Query::pk("H").index("gsi2");
        let found = table.query_all::<Keys>(h()).await.unwrap();
        let names: BTreeSet<_> = found.iter().flat_map(|item| item.keys().map(String::as_str)).collect();
        assert_eq!(names, BTreeSet::from(["gsi2pk", "gsi2sk", "pk", "sk"]), "{table:?}");
        let keys = |items: Vec<Keys>| items.iter().map(|it| it["pk"].clone()).collect::<BTreeSet<_>>();
        assert_eq!(keys(found), (0..5).map(|n| format!("P{n}")).collect(), "{table:?}: what lacks a key is not in it");
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = table.query::<Keys>(h().limit(2).after(after)).await.unwrap();
            walked.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((walked.len(), keys(walked).len()), (5, 5), "{table:?}: each once");
        let numbered = table.query::<Keys>(h().filter(cond::ge("n", 0))).await;
        assert!(matches!(numbered, Err(Error::Invalid(_))), "{table:?}: no other attribute is there to filter by");
        for wrong in [put(&key()).with("gsi2pk", 1), put(&key()).with("gsi2sk", "")] {
            assert!(matches!(table.put(wrong).await, Err(Error::Invalid(_))), "{table:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn queries_that_cannot_be_asked_are_invalid() {
    on_every_table(async |table| {
        for query in [
            Query::pk(""),
            Query::pk("P").sk_begins(""),
            Query::pk("P").sk_between("b", "a"),
            Query::pk("P").limit(0),
            Query::pk("P").index("gsi1").strong(),
            Query::pk("P").index("gsi9"),
            Query::pk("P").filter(cond::eq("sk", "S")),
            Query::pk("P").filter(cond::not(cond::any([cond::exists("pk")]))),
        ] {
            let outcome = table.query::<Row>(query).await;
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{table:?} {outcome:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_end_at_a_megabyte() {
    on_every_table(async |table| {
        for n in 0..5_u32 {
            let large = put(&Key::new("P", format!("S#{n}"))).with("n", n).with("text", "x".repeat(300_000));
            table.put(large).await.unwrap();
        }
        let page = table.query::<Row>(Query::pk("P")).await.unwrap();
        assert_eq!((page.items.len(), page.next.is_some()), (4, true));
        assert_eq!(numbers(&table, Query::pk("P")).await, [0, 1, 2, 3, 4]);
        assert_eq!(table.query::<Row>(Query::pk("P").limit(5)).await.unwrap().items.len(), 5, "a limit reads on");
    })
    .await;
}

#[tokio::test]
async fn a_scan_in_pages_of_any_size_gives_each_item_once() {
    on_every_table(async |table| {
        filled(&table).await;
        for limit in [1, 3, 12, 13, 14] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let (page, next) = table.scan(after.as_ref(), limit).await.unwrap();
                assert!(page.len() <= limit, "{table:?} {limit}");
                found.extend(
                    page.iter().map(|item| (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone())),
                );
                after = next;
                if after.is_none() {
                    break;
                }
            }
            found.sort();
            let expected = [("O", 3, 3), ("P", 0, 9), ("P#", 3, 3), ("PP", 3, 3)];
            let expected = expected
                .iter()
                .flat_map(|(pk, from, to)| (*from..=*to).map(move |n: u32| ((*pk).to_owned(), format!("S#{n:02}"))));
            assert_eq!(found, expected.collect::<Vec<_>>(), "{table:?} {limit}");
        }
    })
    .await;
}
