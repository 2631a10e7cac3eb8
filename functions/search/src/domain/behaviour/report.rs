//! The queries of a day, as operators see them.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Entries of a list. With queries of 200 characters they fit into one row.
const LISTED: usize = 250;
/// A list is cut down when it has grown to so many times its length.
const SLACK: usize = 4;
/// Of a query that is clicked little, at most one in so many clicks on anything.
const FEW_CLICK: u64 = 5;

/// The counts of a query on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryTotals {
    /// The query, folded.
    pub query: String,
    /// Searches, pages and repeats left out.
    pub searches: u64,
    /// Searches that found nothing.
    pub zero_results: u64,
    /// Visitors who asked it.
    pub actors: u64,
    /// Visitors for whom it found nothing.
    pub zero_actors: u64,
    /// Clicks on what it found, each product once a visitor.
    pub clicks: u64,
    /// Visitors who clicked on anything.
    pub clickers: u64,
    /// Products in orders whose buyers had found them by it within a day.
    pub orders: u64,
}

/// Which queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchReportKind)]
pub enum ReportKind {
    /// Those that most visitors asked.
    Top,
    /// Those that found nothing, for most visitors.
    ZeroResults,
    /// Those that found something, on which fewer than one visitor in five clicked.
    LowClicks,
}

/// A query of a report, by visitors who were counted once each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchReportEntry)]
pub struct Listed {
    /// The query, without regard to case, accents and signs.
    #[schema(example = "desk lamp")]
    pub query: String,
    /// Visitors who asked it.
    pub actors: u64,
    /// Their searches.
    pub searches: u64,
    /// Searches that found nothing.
    pub zero_results: u64,
    /// Clicks on what it found, each product once a visitor.
    pub clicks: u64,
    /// Visitors who clicked on anything.
    pub clicked_by: u64,
    /// Products in orders whose buyers had found them by it within a day. Of those who were logged in only.
    pub orders: u64,
}

impl ReportKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Top, Self::ZeroResults, Self::LowClicks];

    /// As in the query string.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::ZeroResults => "zero_results",
            Self::LowClicks => "low_clicks",
        }
    }

    /// Where a query stands in the list, greatest first; `None` when it is not of the kind.
    fn rank(self, totals: &QueryTotals) -> Option<(u64, u64)> {
        let found = totals.actors.saturating_sub(totals.zero_actors);
        match self {
            Self::Top => Some((totals.actors, totals.searches)),
            Self::ZeroResults => Some((totals.zero_actors, totals.zero_results)).filter(|(actors, _)| *actors > 0),
            Self::LowClicks => {
                let few = found > 0 && totals.clickers.saturating_mul(FEW_CLICK) < found;
                few.then(|| (found.saturating_sub(totals.clickers), totals.searches))
            }
        }
    }
}

impl QueryTotals {
    /// Adds other counts of the same query.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.searches, other.searches),
            (&mut self.zero_results, other.zero_results),
            (&mut self.actors, other.actors),
            (&mut self.zero_actors, other.zero_actors),
            (&mut self.clicks, other.clicks),
            (&mut self.clickers, other.clickers),
            (&mut self.orders, other.orders),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

impl From<QueryTotals> for Listed {
    fn from(totals: QueryTotals) -> Self {
        Self {
            query: totals.query,
            actors: totals.actors,
            searches: totals.searches,
            zero_results: totals.zero_results,
            clicks: totals.clicks,
            clicked_by: totals.clickers,
            orders: totals.orders,
        }
    }
}

/// The lists of a day while its queries are gone through, in memory for the longest lists only.
#[derive(Debug, Clone)]
pub struct DayLists {
    least_actors: u64,
    lists: [(ReportKind, Vec<QueryTotals>); 3],
}

impl DayLists {
    /// Empty lists. A query that fewer than `least_actors` visitors asked is in none: it could say who asked it.
    #[must_use]
    pub fn new(least_actors: u64) -> Self {
        Self { least_actors, lists: ReportKind::ALL.map(|kind| (kind, Vec::new())) }
    }

    /// Takes a query in.
    pub fn note(&mut self, totals: &QueryTotals) {
        if totals.actors < self.least_actors {
            return;
        }
        for (kind, list) in &mut self.lists {
            if kind.rank(totals).is_some() {
                list.push(totals.clone());
                if list.len() >= LISTED.saturating_mul(SLACK) {
                    cut(*kind, list);
                }
            }
        }
    }

    /// The lists, first ranks first; queries of the same rank by their words.
    #[must_use]
    pub fn finished(self) -> Vec<(ReportKind, Vec<Listed>)> {
        let finished = self.lists.into_iter().map(|(kind, mut list)| {
            cut(kind, &mut list);
            (kind, list.into_iter().map(Listed::from).collect())
        });
        finished.collect()
    }
}

fn cut(kind: ReportKind, list: &mut Vec<QueryTotals>) {
    list.sort_by(|a, b| (Reverse(kind.rank(a)), &a.query).cmp(&(Reverse(kind.rank(b)), &b.query)));
    list.truncate(LISTED);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn totals(query: &str, actors: u64, zero_actors: u64, clickers: u64) -> QueryTotals {
        let query = query.to_owned();
        let zero_results = zero_actors;
        QueryTotals {
            query,
            searches: actors,
            zero_results,
            actors,
            zero_actors,
            clickers,
            clicks: clickers,
            ..QueryTotals::default()
        }
    }

    fn names(lists: DayLists, wanted: ReportKind) -> Vec<String> {
        let list = lists.finished().into_iter().find(|(kind, _)| *kind == wanted).unwrap().1;
        list.into_iter().map(|entry| entry.query).collect()
    }

    #[test]
    fn given_queries_when_listed_then_each_kind_has_its_own_and_what_few_asked_is_in_none() {
        let mut lists = DayLists::new(3);
        for entry in [
            totals("clicked", 10, 0, 2),
            totals("ignored", 10, 0, 1),
            totals("nothing", 6, 6, 0),
            totals("sometimes", 12, 3, 9),
            totals("the name of somebody", 2, 2, 0),
        ] {
            lists.note(&entry);
        }
        let of = |kind| names(lists.clone(), kind);
        assert_eq!(of(ReportKind::Top), ["sometimes", "clicked", "ignored", "nothing"]);
        assert_eq!(of(ReportKind::ZeroResults), ["nothing", "sometimes"]);
        assert_eq!(of(ReportKind::LowClicks), ["ignored"]);
    }

    proptest! {
        #[test]
        fn given_any_number_of_queries_in_any_order_when_cut_on_the_way_then_the_list_is_that_of_all_sorted(
            actors in proptest::collection::vec(1_u64..500, 0..2_500),
        ) {
            let all: Vec<QueryTotals> =
                actors.iter().enumerate().map(|(n, actors)| totals(&format!("q{n:05}"), *actors, 0, *actors)).collect();
            let mut lists = DayLists::new(1);
            all.iter().for_each(|entry| lists.note(entry));
            let mut sorted = all;
            cut(ReportKind::Top, &mut sorted);
            let expected: Vec<String> = sorted.into_iter().map(|entry| entry.query).collect();
            prop_assert_eq!(names(lists, ReportKind::Top), expected);
        }
    }
}
