//! Queue of the bucket's notifications: each uploaded file becomes one import, whose workflow is started once.

use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use rialto_kernel::{ImportId, Timestamp};
use rialto_lambda::{Context, InitError, Message};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Error,
    domain::upload::{decode, parse},
    store::{Arrival, Store},
};

/// The table, and the workflow of `CATALOG_IMPORT_MACHINE_ARN`.
#[derive(Debug, Clone)]
pub struct Starter {
    store: Store,
    workflows: aws_sdk_sfn::Client,
    machine: String,
}

#[derive(Debug, Deserialize)]
struct Notification {
    #[serde(rename = "Records", default)]
    records: Vec<Notice>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    event_name: String,
    event_time: Timestamp,
    s3: Place,
}

#[derive(Debug, Deserialize)]
struct Place {
    bucket: Bucket,
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    key: String,
    #[serde(default)]
    size: u64,
    version_id: Option<String>,
}

impl Starter {
    /// From `CATALOG_TABLE` and `CATALOG_IMPORT_MACHINE_ARN`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let machine = rialto_lambda::env("CATALOG_IMPORT_MACHINE_ARN")?;
        Ok(Self { store: super::store(context)?, workflows: aws_sdk_sfn::Client::new(context.sdk()), machine })
    }

    /// A workflow is named by its import: starting it again is no error and no second run.
    async fn start(&self, import: ImportId) -> Result<(), Error> {
        let input = json!({ "importId": import }).to_string();
        let start = self.workflows.start_execution().state_machine_arn(&self.machine).name(import.to_string());
        match start.input(input).send().await {
            Err(error) if error.as_service_error().is_some_and(StartExecutionError::is_execution_already_exists) => {
                Ok(())
            }
            other => other.map(drop).map_err(Error::aws("states:StartExecution")),
        }
    }
}

/// A key that is no seller's upload is logged and left alone; a test event of the bucket says nothing.
///
/// # Errors
/// When the message is no notification, or the table or the workflow cannot be reached.
pub async fn start_import(starter: &Starter, message: Message) -> Result<(), Error> {
    for file in arrivals(&message.body)? {
        let Some(upload) = parse(&file.key) else {
            tracing::warn!(object.version = file.version_id, "an upload that is no seller's");
            continue;
        };
        let job = starter.store.open_job(&upload, &file).await?;
        if !job.state.is_final() {
            starter.start(job.import_id).await?;
        }
    }
    Ok(())
}

/// The files that a notification of the bucket tells of; none in a test event.
///
/// # Errors
/// When it is no notification.
pub(super) fn arrivals(body: &str) -> Result<Vec<Arrival>, Error> {
    Ok(notices(body)?.into_iter().filter_map(arrival).collect())
}

fn notices(body: &str) -> Result<Vec<Notice>, Error> {
    let message: serde_json::Value = serde_json::from_str(body)?;
    if message.get("Event").and_then(serde_json::Value::as_str) == Some("s3:TestEvent") {
        return Ok(Vec::new());
    }
    if message.get("Records").is_none() {
        return Err(Error::Data("a message that is no notification of the bucket".into()));
    }
    Ok(Notification::deserialize(message)?.records)
}

fn arrival(notice: Notice) -> Option<Arrival> {
    let created = notice.event_name.trim_start_matches("s3:").starts_with("ObjectCreated:");
    let Place { bucket, object } = notice.s3;
    let key = decode(&object.key)?;
    let version_id = object.version_id.unwrap_or_else(|| "null".to_owned());
    created.then_some(Arrival { bucket: bucket.name, key, version_id, bytes: object.size, time: notice.event_time })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_notification_when_read_then_the_key_is_decoded() {
        let body = json!({"Records": [{"eventVersion": "2.1", "eventName": "ObjectCreated:Post", "eventTime": "2026-01-02T03:04:05.678Z",
            "s3": {"bucket": {"name": "b"}, "object": {"key": "uploads/s/spring+list%2B1.csv", "size": 7, "versionId": "v1", "eTag": "e"}}}]});
        let notices = notices(&body.to_string()).unwrap();
        let file = notices.into_iter().filter_map(arrival).next().unwrap();
        assert_eq!((file.key.as_str(), file.bytes, file.version_id.as_str()), ("uploads/s/spring list+1.csv", 7, "v1"));
    }

    #[test]
    fn given_other_messages_when_read_then_tests_and_removals_say_nothing_and_rubbish_is_an_error() {
        let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"});
        assert!(notices(&test.to_string()).unwrap().is_empty());
        let removed = json!({"Records": [{"eventName": "ObjectRemoved:Delete", "eventTime": "2026-01-02T03:04:05Z",
            "s3": {"bucket": {"name": "b"}, "object": {"key": "uploads/s/a.csv"}}}]});
        assert_eq!(notices(&removed.to_string()).unwrap().into_iter().filter_map(arrival).count(), 0);
        for body in ["rubbish", "{}", "[]", r#"{"Records": [{}]}"#] {
            assert!(notices(body).is_err(), "{body}");
        }
    }
}
