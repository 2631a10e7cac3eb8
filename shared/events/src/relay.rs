//! From a table's stream to the bus: the only reader of a service's stream.
//!
//! Records are published in order. What could not be published is reported as the first failed record, and the
//! stream delivers again from there, without end: an event can arrive twice but is never lost. A record that can
//! never be published (unreadable, or larger than the bus takes) goes whole into the relay's dead-letter queue.

use std::convert::Infallible;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use rialto_lambda::{Context, InitError};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{Envelope, OUTBOX};

/// EventBridge takes at most 10 entries a request.
const MAX_ENTRIES: usize = 10;
/// EventBridge takes at most 256 KiB a request, names included.
const MAX_BYTES: usize = 250_000;

/// Which records the stream has to deliver again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamResponse {
    /// Empty, or the first record that was not published.
    pub batch_item_failures: Vec<ItemFailure>,
}

/// A record by its sequence number.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    /// The stream's sequence number.
    pub item_identifier: String,
}

/// Where a relay sends: the bus, and its dead-letter queue.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// The bus.
    pub bus: aws_sdk_eventbridge::Client,
    /// The bus's name.
    pub bus_name: String,
    /// The queue of records that can never be published.
    pub dead_letters: aws_sdk_sqs::Client,
    /// Its address.
    pub dead_letters_url: String,
}

/// An envelope on its way, and the record that carried it.
#[derive(Debug, PartialEq)]
struct News {
    record: usize,
    envelope: Envelope,
    bytes: usize,
}

impl Publisher {
    /// The bus of `EVENT_BUS` and the queue of `DEAD_LETTERS_URL`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self {
            bus: aws_sdk_eventbridge::Client::new(context.sdk()),
            bus_name: rialto_lambda::env("EVENT_BUS")?,
            dead_letters: aws_sdk_sqs::Client::new(context.sdk()),
            dead_letters_url: rialto_lambda::env("DEAD_LETTERS_URL")?,
        })
    }
}

/// Publishes the news of a batch of stream records (the event as Lambda hands it over).
///
/// # Errors
/// Never: what failed is in the answer.
pub async fn relay(to: &Publisher, event: Json) -> Result<StreamResponse, Infallible> {
    let records = event.get("Records").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let first_failed = publish(records, to).await.err().and_then(|index| records.get(index));
    let failures = first_failed.map(|record| ItemFailure { item_identifier: sequence_number(record) });
    Ok(StreamResponse { batch_item_failures: failures.into_iter().collect() })
}

/// Fails with the index of the first record that has to be delivered again.
async fn publish(records: &[Json], to: &Publisher) -> Result<(), usize> {
    let mut news = Vec::new();
    for (index, record) in records.iter().enumerate() {
        match read(index, record) {
            Ok(envelopes) => news.extend(envelopes),
            Err(reason) => {
                // What came before goes out first, so that nothing is overtaken if this record has to come again.
                send_all(&std::mem::take(&mut news), to).await?;
                bury(record, &reason, to).await.map_err(|()| index)?;
            }
        }
    }
    send_all(&news, to).await
}

fn read(index: usize, record: &Json) -> Result<Vec<News>, String> {
    if record.get("eventName").and_then(Json::as_str) == Some("REMOVE") {
        return Ok(Vec::new());
    }
    let Some(outbox) = record.pointer("/dynamodb/NewImage").and_then(|image| image.get(OUTBOX)) else {
        return Ok(Vec::new());
    };
    let texts = outbox.get("L").and_then(Json::as_array).ok_or("the outbox is not a list")?;
    texts.iter().map(|text| envelope(index, text)).collect()
}

fn envelope(record: usize, text: &Json) -> Result<News, String> {
    let text = text.get("S").and_then(Json::as_str).ok_or("an envelope is not a text")?;
    if text.len() > MAX_BYTES {
        return Err(format!("an event of {} bytes is more than the bus takes", text.len()));
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(News { record, envelope, bytes: text.len() })
}

async fn send_all(news: &[News], to: &Publisher) -> Result<(), usize> {
    for batch in batches(news) {
        send(batch, to).await?;
    }
    Ok(())
}

/// Cuts into requests that the bus takes, keeping the order.
fn batches(news: &[News]) -> Vec<&[News]> {
    let mut batches = Vec::new();
    let mut rest = news;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fitting = rest.iter().take(MAX_ENTRIES).take_while(|one| {
            bytes += one.bytes;
            bytes <= MAX_BYTES
        });
        let (batch, after) = rest.split_at(fitting.count().max(1));
        batches.push(batch);
        rest = after;
    }
    batches
}

async fn send(batch: &[News], to: &Publisher) -> Result<(), usize> {
    let first = batch.first().map_or(0, |news| news.record);
    let entries = batch.iter().map(|news| entry(&news.envelope, &to.bus_name)).collect::<Result<Vec<_>, _>>();
    let entries = entries.map_err(|error| report(first, &error))?;
    let answer = to.bus.put_events().set_entries(Some(entries)).send().await;
    let answer = answer.map_err(|error| report(first, &aws_sdk_eventbridge::error::DisplayErrorContext(error)))?;
    let failed = answer.entries().iter().zip(batch).find(|(entry, _)| entry.error_code().is_some());
    match failed {
        Some((entry, news)) => Err(report(news.record, &entry.error_code().unwrap_or_default())),
        None if answer.failed_entry_count() > 0 => Err(report(first, &"the bus refused entries without naming them")),
        None => Ok(()),
    }
}

fn report(record: usize, error: &dyn std::fmt::Display) -> usize {
    tracing::error!(error = %error, "the bus did not take an event: the stream will deliver it again");
    record
}

fn entry(envelope: &Envelope, bus: &str) -> Result<PutEventsRequestEntry, serde_json::Error> {
    Ok(PutEventsRequestEntry::builder()
        .event_bus_name(bus)
        .source(&envelope.source)
        .detail_type(&envelope.event_type)
        .detail(serde_json::to_string(envelope)?)
        .build())
}

async fn bury(record: &Json, reason: &str, to: &Publisher) -> Result<(), ()> {
    tracing::error!(reason, stream.sequence_number = sequence_number(record), "a record cannot be published");
    let sent = to.dead_letters.send_message().queue_url(&to.dead_letters_url).message_body(record.to_string());
    sent.send().await.map(|_| ()).map_err(|error| {
        tracing::error!(error = %aws_sdk_sqs::error::DisplayErrorContext(error), "the dead-letter queue is out of reach");
    })
}

fn sequence_number(record: &Json) -> String {
    record.pointer("/dynamodb/SequenceNumber").and_then(Json::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use rialto_kernel::EventId;
    use serde_json::json;

    fn news(count: usize, bytes: usize) -> Vec<News> {
        let envelope = Envelope {
            id: EventId::named(&["test"]),
            event_type: "T.v1".into(),
            source: "rialto.test".into(),
            time: "2026-01-01T00:00:00Z".parse().unwrap(),
            subject: "s".into(),
            version: 1,
            traceparent: None,
            data: json!({}),
        };
        (0..count).map(|record| News { record, envelope: envelope.clone(), bytes }).collect()
    }

    #[test]
    fn given_many_events_when_cut_then_each_request_fits_and_the_order_stays() {
        let small = news(25, 100);
        let large = news(5, 120_000);
        assert_eq!(batches(&small).iter().map(|b| b.len()).collect::<Vec<_>>(), [10, 10, 5]);
        assert_eq!(batches(&large).iter().map(|b| b.len()).collect::<Vec<_>>(), [2, 2, 1]);
        let order: Vec<_> = batches(&small).concat_records();
        assert_eq!(order, (0..25).collect::<Vec<_>>());
    }

    trait Records {
        fn concat_records(&self) -> Vec<usize>;
    }
    impl Records for Vec<&[News]> {
        fn concat_records(&self) -> Vec<usize> {
            self.iter().flat_map(|batch| batch.iter().map(|news| news.record)).collect()
        }
    }

    #[test]
    fn given_a_removal_or_an_item_without_news_when_read_then_nothing_is_told() {
        let image = json!({"outbox": {"L": [{"S": "rubbish"}]}});
        assert_eq!(read(0, &json!({"eventName": "REMOVE", "dynamodb": {"NewImage": image}})).unwrap(), vec![]);
        assert_eq!(read(0, &json!({"eventName": "MODIFY", "dynamodb": {"NewImage": {}}})).unwrap(), vec![]);
    }

    #[test]
    fn given_an_outbox_when_read_then_each_envelope_comes_in_order() {
        let envelope = &news(1, 1)[0].envelope;
        let text = serde_json::to_string(envelope).unwrap();
        let record =
            json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"outbox": {"L": [{"S": text}, {"S": text}]}}}});
        assert_eq!(read(3, &record).unwrap().len(), 2);
        assert_eq!(read(3, &record).unwrap()[0].envelope, *envelope);
    }

    #[test]
    fn given_an_unreadable_outbox_when_read_then_it_is_an_error_and_not_silence() {
        for outbox in [json!({"S": "x"}), json!({"L": [{"S": "rubbish"}]}), json!({"L": [{"N": "1"}]})] {
            let record = json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"outbox": outbox}}});
            assert!(read(0, &record).is_err());
        }
    }
}
