//! Batches of queue messages, with failures reported message by message.

use std::collections::BTreeMap;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::{StreamExt, stream};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;

use crate::log::chain;

const AT_ONCE: usize = 8;

/// A message of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The queue's id of the message: the same on each delivery.
    pub id: String,
    /// The text that was sent.
    pub body: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

impl Message {
    /// The body, read as JSON.
    ///
    /// # Errors
    /// When it is not the JSON of a `T`. Return it: after 5 receives the message is in the dead-letter queue.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.body)
    }
}

impl From<SqsMessage> for Message {
    fn from(message: SqsMessage) -> Self {
        let receives = message.attributes.get("ApproximateReceiveCount").and_then(|text| text.parse().ok());
        Self {
            id: message.message_id.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            receive_count: receives.unwrap_or(1),
        }
    }
}

/// Runs a queue's consumer until the sandbox ends, up to 8 messages of a batch at once and in no certain order. A
/// message whose handling fails is logged once and delivered again; the others are done.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn run_sqs<S, E, H, F>(state: S, handler: H) -> Result<(), lambda_runtime::Error>
where
    S: Send + Sync + 'static,
    E: std::error::Error + 'static,
    H: Fn(&'static S, Message) -> F,
    F: Future<Output = Result<(), E>>,
{
    let state: &'static S = Box::leak(Box::new(state));
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        let handler = &handler;
        async move { Ok::<_, Diagnostic>(consume(state, handler, event.payload).await) }
    }))
    .await
}

/// Runs a queue's consumer that handles a whole batch at once. The handler logs what fails and answers the ids of the
/// messages that have to be delivered again; the others are done.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn run_sqs_batch<S, H, F>(state: S, handler: H) -> Result<(), lambda_runtime::Error>
where
    S: Send + Sync + 'static,
    H: Fn(&'static S, Vec<Message>) -> F,
    F: Future<Output = Vec<String>>,
{
    let state: &'static S = Box::leak(Box::new(state));
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        let handler = &handler;
        async move {
            let messages = event.payload.records.into_iter().map(Message::from).collect();
            Ok::<_, Diagnostic>(failures(handler(state, messages).await))
        }
    }))
    .await
}

/// Runs a queue's consumer until the sandbox ends where many messages of a batch say the same: each key among a batch's
/// messages is handled once, up to 8 keys at once, and its outcome is that of all messages with the key. Every message of
/// the batch was sent before the first handling begins, so what it announces is there to be read.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn run_sqs_by_key<S, K, E, T, H, F>(state: S, key: T, handler: H) -> Result<(), lambda_runtime::Error>
where
    S: Send + Sync + 'static,
    K: Ord,
    E: std::error::Error + 'static,
    T: Fn(&Message) -> Result<K, E>,
    H: Fn(&'static S, K) -> F,
    F: Future<Output = Result<(), E>>,
{
    let state: &'static S = Box::leak(Box::new(state));
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        let (key, handler) = (&key, &handler);
        async move { Ok::<_, Diagnostic>(consume_by_key(state, key, handler, event.payload).await) }
    }))
    .await
}

async fn consume_by_key<'s, S, K, E, T, H, F>(state: &'s S, key: &T, handler: &H, event: SqsEvent) -> SqsBatchResponse
where
    K: Ord,
    E: std::error::Error + 'static,
    T: Fn(&Message) -> Result<K, E>,
    H: Fn(&'s S, K) -> F,
    F: Future<Output = Result<(), E>>,
{
    let mut groups: BTreeMap<K, Vec<Message>> = BTreeMap::new();
    let mut failed = Vec::new();
    for message in event.records.into_iter().map(Message::from) {
        match key(&message) {
            Ok(key) => groups.entry(key).or_default().push(message),
            Err(error) => failed.push(logged(message.id, message.receive_count, &error)),
        }
    }
    let outcomes = stream::iter(groups).map(|(key, messages)| async move {
        let error = handler(state, key).await.err()?;
        Some(messages.into_iter().map(|message| logged(message.id, message.receive_count, &error)).collect())
    });
    let outcomes: Vec<Option<Vec<String>>> = outcomes.buffer_unordered(AT_ONCE).collect().await;
    failures(failed.into_iter().chain(outcomes.into_iter().flatten().flatten()))
}

async fn consume<'s, S, E, H, F>(state: &'s S, handler: &H, event: SqsEvent) -> SqsBatchResponse
where
    E: std::error::Error + 'static,
    H: Fn(&'s S, Message) -> F,
    F: Future<Output = Result<(), E>>,
{
    let outcomes = stream::iter(event.records.into_iter().map(Message::from)).map(|message| async move {
        let (id, receives) = (message.id.clone(), message.receive_count);
        let outcome = handler(state, message).await;
        outcome.err().map(|error| logged(id, receives, &error))
    });
    let failed: Vec<Option<String>> = outcomes.buffer_unordered(AT_ONCE).collect().await;
    failures(failed.into_iter().flatten())
}

/// Logs the failure of a message and answers its id.
fn logged(id: String, receives: u32, error: &(dyn std::error::Error + 'static)) -> String {
    tracing::error!(message.id = id, message.receives = receives, error.message = chain(error), "message failed");
    id
}

/// The answer that has these messages delivered again.
fn failures(messages: impl IntoIterator<Item = String>) -> SqsBatchResponse {
    let failure = |id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        failure
    };
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = messages.into_iter().map(failure).collect();
    response
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;

    fn event(bodies: &[&str]) -> SqsEvent {
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(n, body)| {
                json!({
                    "messageId": format!("m{n}"), "body": body, "attributes": {"ApproximateReceiveCount": "3"},
                    "messageAttributes": {}, "eventSource": "aws:sqs",
                })
            })
            .collect();
        serde_json::from_value(json!({ "Records": records })).unwrap()
    }

    fn failed(response: SqsBatchResponse) -> Vec<String> {
        let mut failed: Vec<_> =
            response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
        failed.sort();
        failed
    }

    #[tokio::test]
    async fn given_a_batch_when_some_messages_fail_then_just_those_are_reported() {
        async fn takes_numbers(sum: &AtomicUsize, message: Message) -> Result<(), serde_json::Error> {
            assert_eq!(message.receive_count, 3);
            sum.fetch_add(message.json::<usize>()?, Ordering::SeqCst);
            Ok(())
        }
        let sum = AtomicUsize::new(0);
        let response = consume(&sum, &takes_numbers, event(&["1", "x", "10", "[]", "100"])).await;
        assert_eq!((failed(response), sum.into_inner()), (vec!["m1".to_owned(), "m3".to_owned()], 111));
    }

    #[tokio::test]
    async fn given_messages_with_one_key_when_handled_then_it_is_done_once_and_its_outcome_is_that_of_all() {
        async fn takes_small(times: &AtomicUsize, key: usize) -> Result<(), std::fmt::Error> {
            times.fetch_add(1, Ordering::SeqCst);
            if key < 10 { Ok(()) } else { Err(std::fmt::Error) }
        }
        let key = |message: &Message| message.json::<usize>().map_err(|_| std::fmt::Error);
        let times = AtomicUsize::new(0);
        let response = consume_by_key(&times, &key, &takes_small, event(&["1", "20", "1", "x", "20", "1"])).await;
        assert_eq!(
            (failed(response), times.into_inner()),
            (vec!["m1".to_owned(), "m3".to_owned(), "m4".to_owned()], 2)
        );
    }
}
