#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::Value;

/// Seconds that a reservation for a card lives at least on a production stage (`inventory::domain::Lives`).
const SHORTEST_LIFE: u64 = 600;

fn repository_file(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn states() -> Value {
    let machine: Value = serde_json::from_str(&repository_file("statemachines/checkout.asl.json")).unwrap();
    machine["States"].clone()
}

/// Seconds after which a function is ended, by its service's template.
fn function_timeout(function: &str) -> u64 {
    let service = function.split('-').next().unwrap();
    let template = repository_file(&format!("infra/services/{service}.yaml"));
    let (before, after) = template.split_once(&format!("FunctionName: !Sub ${{Stage}}-{function}\n")).unwrap();
    let own = after.split("FunctionName:").next().unwrap();
    let timeout = |text: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("Timeout: "))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let globals = before.split("Resources:").next().unwrap();
    timeout(own.split("Policies:").next().unwrap()).or_else(|| timeout(globals)).unwrap()
}

/// Seconds that a retry rule waits in all.
fn waits(rule: &Value) -> u64 {
    let tenths = |name: &str, default: u64| {
        let text = rule[name].to_string();
        let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
        whole.parse::<u64>().map_or(default * 10, |whole| whole * 10 + part[..1].parse::<u64>().unwrap())
    };
    let most = tenths("MaxDelaySeconds", 1_000_000) * 100;
    let mut wait = tenths("IntervalSeconds", 1) * 100;
    let mut sum = 0;
    for _ in 0..rule["MaxAttempts"].as_u64().unwrap() {
        sum += wait.min(most);
        wait = (wait * tenths("BackoffRate", 2) / 10).min(most);
    }
    sum.div_ceil(1000)
}

/// Seconds that a step takes when every attempt that its rules allow ends by its function's time-out.
fn longest(step: &Value) -> u64 {
    let name = step["Parameters"]["FunctionName"].as_str().unwrap().rsplit("${Stage}-").next().unwrap().to_owned();
    let rules = step["Retry"].as_array().unwrap();
    let attempts = 1 + rules.iter().map(|rule| rule["MaxAttempts"].as_u64().unwrap()).sum::<u64>();
    attempts * function_timeout(&name) + rules.iter().map(waits).sum::<u64>()
}

#[test]
fn given_steps_that_use_up_every_retry_when_a_payment_waits_for_nobody_then_the_shortest_reservation_outlasts_them() {
    let states = states();
    for path in [
        ["ReserveStock", "AwaitPayment", "AuthorisePayment"],
        ["ExtendReservation", "AwaitPayment", "AuthorisePayment"],
    ] {
        let seconds: Vec<u64> = path.iter().map(|name| longest(&states[*name])).collect();
        assert!(seconds.iter().sum::<u64>() < SHORTEST_LIFE, "{path:?}: {seconds:?}");
    }
    assert_eq!(states["ChooseSteps"]["Choices"][0]["Next"], "AwaitPayment");
    assert_eq!(states["ExtendReservation"]["Next"], "AwaitPayment");
    assert_eq!(states["AwaitPayment"]["Next"], "AuthorisePayment");
}

#[test]
fn given_a_payment_that_waits_for_the_shopper_when_it_does_then_it_has_the_extension_of_its_reservation() {
    let states = states();
    assert_eq!(states["ChooseWaiting"]["Default"], "RecordAction");
    assert_eq!(states["RecordAction"]["Next"], "ExtendForAction");
    assert_eq!(states["ExtendForAction"]["Next"], "AwaitAuthorisation");
    let rules = states["AwaitAuthorisation"]["Retry"].as_array().unwrap();
    let of = |error: &str| rules.iter().find(|rule| rule["ErrorEquals"][0] == error).unwrap();
    let shopper = waits(of("PaymentActionRequired"));
    assert!((500..SHORTEST_LIFE).contains(&shopper), "{shopper} s");
    let bank = waits(of("PaymentPending"));
    assert!((69 * 3600..72 * 3600).contains(&bank), "{bank} s");
}

#[test]
fn given_a_lost_run_when_it_is_settled_then_its_order_is_ended_first_and_only_a_confirmed_one_is_completed() {
    let states = states();
    assert_eq!(states["ChooseEntry"]["Default"], "CreateOrder");
    assert_eq!(states["BeginSettling"]["Next"], "AbandonOrder");
    let abandon = &states["AbandonOrder"];
    assert_eq!(abandon["Parameters"]["Payload"]["change"]["type"], "failed");
    assert_eq!(abandon["Catch"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&abandon["Catch"][0]["ErrorEquals"][0], &abandon["Catch"][0]["Next"]),
        (&"IllegalTransition".into(), &"ConfirmOrder".into())
    );
    let mut chain = vec![abandon["Next"].as_str().unwrap()];
    while let Some(next) = states[*chain.last().unwrap()]["Next"].as_str() {
        chain.push(next);
    }
    assert_eq!(
        chain,
        ["VoidPayment", "ReleaseReservation", "ThawCart", "CloseOrder", "RecordFailure", "Refused"],
        "the one chain that undoes"
    );
}
