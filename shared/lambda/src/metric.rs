//! Metrics: lines on standard output in CloudWatch's embedded metric format, which it makes metrics of by itself.

use std::io::Write;

use serde_json::{Value, json};

const NAMESPACE: &str = "Rialto";
/// Values that one line may hold.
const MOST_VALUES: usize = 100;

/// What a metric's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Time.
    Milliseconds,
    /// Number of things.
    Count,
}

/// A metric of the namespace `Rialto`, by stage.
#[derive(Debug, Clone)]
pub struct Metric {
    name: &'static str,
    unit: Unit,
    /// Without one, nothing is published.
    stage: Option<String>,
}

impl Metric {
    pub(crate) fn new(name: &'static str, unit: Unit, stage: &str) -> Self {
        Self { name, unit, stage: Some(stage.to_owned()) }
    }

    /// One that says nothing, for tests.
    #[must_use]
    pub fn unpublished() -> Self {
        Self { name: "", unit: Unit::Count, stage: None }
    }

    /// Publishes values as of now; each counts by itself in averages and percentiles.
    pub fn publish(&self, values: &[u64]) {
        let now = crate::now().as_millisecond();
        for line in self.lines(values, now) {
            // A log that cannot be written to is no reason to fail.
            drop(writeln!(std::io::stdout().lock(), "{line}"));
        }
    }

    fn lines(&self, values: &[u64], now: i64) -> Vec<Value> {
        let Some(stage) = &self.stage else { return Vec::new() };
        let line = |values: &[u64]| {
            json!({
                "_aws": {"Timestamp": now, "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [["Stage"]],
                    "Metrics": [{"Name": self.name, "Unit": self.unit.name()}]}]},
                "Stage": stage,
                (self.name): values,
            })
        };
        values.chunks(MOST_VALUES).map(line).collect()
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "Milliseconds",
            Self::Count => "Count",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_values_when_published_then_each_line_is_what_cloudwatch_makes_a_metric_of() {
        let metric = Metric::new("SearchableLag", Unit::Milliseconds, "dev");
        let expected = json!({
            "_aws": {"Timestamp": 7, "CloudWatchMetrics": [{"Namespace": "Rialto", "Dimensions": [["Stage"]],
                "Metrics": [{"Name": "SearchableLag", "Unit": "Milliseconds"}]}]},
            "Stage": "dev",
            "SearchableLag": [1200, 900],
        });
        assert_eq!(metric.lines(&[1_200, 900], 7), [expected]);
        assert_eq!(metric.lines(&[1; 201], 7).len(), 3, "a line holds 100 values");
        assert!(metric.lines(&[], 7).is_empty());
        assert!(Metric::unpublished().lines(&[1], 7).is_empty());
    }
}
