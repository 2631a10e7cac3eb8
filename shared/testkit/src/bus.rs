//! Listening to the bus as another system would: with a rule and a queue of one's own.

use std::collections::BTreeMap;

use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::Value;

use crate::{Shop, shop::unique};

/// A rule on the stack's bus whose events go to a queue, until [`Listener::end`].
#[derive(Debug, Clone)]
pub struct Listener {
    bus: String,
    rule: String,
    queue: String,
    events: aws_sdk_eventbridge::Client,
    sqs: aws_sdk_sqs::Client,
}

impl Listener {
    /// Hears what every service tells from now on.
    ///
    /// # Panics
    /// When rule or queue cannot be made.
    pub async fn on_bus(shop: &Shop) -> Self {
        let (events, sqs) = (aws_sdk_eventbridge::Client::new(&shop.config), aws_sdk_sqs::Client::new(&shop.config));
        let (bus, name) = (shop.stack.name("rialto"), format!("listener-{}", unique()));
        let queue = sqs.create_queue().queue_name(&name).send().await.expect("a queue");
        let queue = queue.queue_url.expect("a queue has an address");
        let arn = QueueAttributeName::QueueArn;
        let found = sqs.get_queue_attributes().queue_url(&queue).attribute_names(arn.clone()).send().await;
        let found = found.expect("the queue's attributes").attributes.unwrap_or_default();
        let target = aws_sdk_eventbridge::types::Target::builder().id("queue").arn(&found[&arn]).build();
        let rule = events.put_rule().event_bus_name(&bus).name(&name);
        rule.event_pattern(r#"{"source": [{"prefix": "rialto."}]}"#).send().await.expect("a rule");
        let target = target.expect("a whole target");
        let put = events.put_targets().event_bus_name(&bus).rule(&name).targets(target).send().await;
        assert_eq!(put.expect("a target").failed_entry_count, 0);
        Self { bus, rule: name, queue, events, sqs }
    }

    /// What has come since the last call, as EventBridge delivers it: `source`, `detail-type`, `detail` and the rest.
    ///
    /// # Panics
    /// When the queue cannot be read.
    pub async fn heard(&self) -> Vec<Value> {
        let mut heard = BTreeMap::new();
        loop {
            let received = self.sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10).send().await;
            let messages = received.expect("the queue can be read").messages.unwrap_or_default();
            if messages.is_empty() {
                return heard.into_values().collect();
            }
            for message in messages {
                let receipt = message.receipt_handle.unwrap_or_default();
                let deleted = self.sqs.delete_message().queue_url(&self.queue).receipt_handle(receipt).send().await;
                deleted.expect("a message can be removed");
                let body = serde_json::from_str(&message.body.unwrap_or_default()).expect("an event is JSON");
                heard.insert(message.message_id, body);
            }
        }
    }

    /// Removes rule and queue.
    ///
    /// # Panics
    /// When they cannot be removed.
    pub async fn end(self) {
        let Self { bus, rule, queue, events, sqs } = self;
        events.remove_targets().event_bus_name(&bus).rule(&rule).ids("queue").send().await.expect("no more target");
        events.delete_rule().event_bus_name(&bus).name(&rule).send().await.expect("no more rule");
        sqs.delete_queue().queue_url(&queue).send().await.expect("no more queue");
    }
}
