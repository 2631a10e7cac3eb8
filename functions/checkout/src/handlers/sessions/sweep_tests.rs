#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use rialto_dynamo::Table;
use rialto_kernel::{SignedDuration, UserId};
use rialto_lambda::Context;

use super::*;
use crate::workflow::Workflow;

/// Nobody listens at that port.
fn unreachable() -> Workflow {
    rialto_lambda::testing::settings(
        [("CHECKOUT_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:sim-checkout")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    );
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url("http://127.0.0.1:9")
        .build();
    Workflow::new(&Context::simulated("checkout", sdk, Arc::default())).unwrap()
}

#[tokio::test]
async fn given_a_checkout_that_cannot_be_looked_after_when_swept_then_it_makes_way_for_a_minute() {
    let table = Table::in_memory("checkout-unreachable");
    let checkouts = Checkouts::new(table.clone());
    let (id, ada) = (OrderId::named(&["stuck"]), UserId::named(&["ada"]));
    let begun = now() - SignedDuration::from_mins(5);
    let checkout = Checkout { shopper_id: Some(ada), ..Checkout::of(id) };
    table.transact(Checkouts::open(&checkout, ada, begun).unwrap()).await.unwrap();
    let bedside = Bedside { checkouts, workflow: unreachable() };

    assert_eq!(sweep_sessions(&bedside, Value::Null).await.unwrap(), Swept { failed: 1, ..Swept::default() });
    assert_eq!(sweep_sessions(&bedside, Value::Null).await.unwrap(), Swept::default());
    let mut due = Vec::new();
    for shard in Checkouts::shards() {
        due.extend(bedside.checkouts.due(shard, now() + SignedDuration::from_secs(61), None).await.unwrap().0);
    }
    assert_eq!(due, [id], "it is not forgotten");
}
