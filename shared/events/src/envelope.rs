//! What every event carries, whatever happened.

use rialto_dynamo::Value;
use rialto_kernel::{EventId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

/// The attribute of an item in which its news wait for the relay: a list of envelopes as JSON text.
/// A write without news must remove it, or the item's last news would be told again.
pub const OUTBOX: &str = "outbox";

/// The data of one type of event.
pub trait Event: Serialize + DeserializeOwned + schemars::JsonSchema {
    /// `<Resource><PastTense>.v<schema version>`: EventBridge's `detail-type`.
    const TYPE: &'static str;
    /// `rialto.<service>`: EventBridge's `source`.
    const SOURCE: &'static str;
}

/// An event as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// The same for every delivery of the same event.
    pub id: EventId,
    /// [`Event::TYPE`] of the data.
    #[serde(rename = "type")]
    pub event_type: String,
    /// [`Event::SOURCE`] of the data.
    pub source: String,
    /// When it happened.
    pub time: Timestamp,
    /// The id of what it happened to.
    pub subject: String,
    /// The subject's sequence number: of two events of one subject, the greater version is the later one.
    pub version: u64,
    /// W3C trace context of the request that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// What happened.
    pub data: serde_json::Value,
}

/// A message that is not an event, or not of the type it claims.
#[derive(Debug, Error)]
#[error("malformed event: {0}")]
pub struct MalformedEvent(#[from] serde_json::Error);

#[derive(Deserialize)]
struct Delivery {
    detail: Envelope,
}

impl Envelope {
    /// An event of `subject`. Its id follows from type, subject and version, so writing it twice is one event.
    ///
    /// # Errors
    /// When the data cannot be written as JSON.
    pub fn of<E: Event>(
        data: &E,
        subject: impl ToString,
        version: u64,
        time: Timestamp,
    ) -> Result<Self, MalformedEvent> {
        let subject = subject.to_string();
        Ok(Self {
            id: EventId::named(&[E::TYPE, &subject, &version.to_string()]),
            event_type: E::TYPE.to_owned(),
            source: E::SOURCE.to_owned(),
            time,
            subject,
            version,
            traceparent: None,
            data: serde_json::to_value(data)?,
        })
    }

    /// Reads the body of an SQS message that an EventBridge rule sent.
    ///
    /// # Errors
    /// When the body is not such a message.
    pub fn from_delivery(body: &str) -> Result<Self, MalformedEvent> {
        Ok(serde_json::from_str::<Delivery>(body)?.detail)
    }

    /// The data, when the event is of type `E`; `None` when it is of another type.
    ///
    /// # Errors
    /// When it claims to be of type `E` and is not.
    pub fn read<E: Event>(&self) -> Result<Option<E>, MalformedEvent> {
        if self.event_type != E::TYPE {
            return Ok(None);
        }
        Ok(Some(E::deserialize(&self.data)?))
    }
}

/// The value of the attribute [`OUTBOX`].
///
/// # Errors
/// When an envelope cannot be written as JSON.
pub fn outbox(envelopes: &[Envelope]) -> Result<Value, MalformedEvent> {
    let texts: Result<Vec<_>, _> = envelopes.iter().map(|e| serde_json::to_string(e).map(Value::S)).collect();
    Ok(Value::L(texts?))
}
