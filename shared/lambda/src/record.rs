//! Which AWS actions a function really uses, on what: written down in test runs and compared with its role.

mod call;

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use serde::Serialize;

use crate::context::{InitError, env};

/// Appends each action and resource once to `<folder>/<function>.jsonl`, as
/// `{"function", "action": "dynamodb:PutItem", "resource": "table/dev-carts"}`.
///
/// It sits below the SDK as its HTTP client, since an `SdkConfig` carries a client to every service but no interceptors.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    function: String,
    file: Mutex<File>,
    noted: Mutex<BTreeSet<(String, String)>>,
}

#[derive(Serialize)]
struct Line<'a> {
    function: &'a str,
    action: &'a str,
    resource: &'a str,
}

impl Recorder {
    pub(crate) fn from_env(function: &str) -> Result<Option<Self>, InitError> {
        const NAME: &str = "RIALTO_RECORD_DIR";
        let Ok(folder) = env(NAME) else { return Ok(None) };
        let path = PathBuf::from(folder).join(format!("{function}.jsonl"));
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|error| InitError::Unusable { name: NAME.to_owned(), reason: error.to_string() })?;
        Ok(Some(Self::new(function, file)))
    }

    fn new(function: &str, file: File) -> Self {
        let inner = Inner { function: function.to_owned(), file: Mutex::new(file), noted: Mutex::default() };
        Self(Arc::new(inner))
    }

    /// Notes one use. A failure to write is ignored: recording never fails a function.
    pub(crate) fn note(&self, action: &str, resource: &str) {
        let Ok(mut noted) = self.0.noted.lock() else { return };
        if !noted.insert((action.to_owned(), resource.to_owned())) {
            return;
        }
        let line = Line { function: &self.0.function, action, resource };
        let (Ok(mut text), Ok(mut file)) = (serde_json::to_string(&line), self.0.file.lock()) else { return };
        // One write a line: several processes of one function append to the same file.
        text.push('\n');
        let _ = file.write_all(text.as_bytes());
    }

    /// The SDK's usual HTTPS client, with every request noted.
    pub(crate) fn client(&self) -> SharedHttpClient {
        let https =
            Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc)).build_https();
        self.over(https)
    }

    fn over(&self, client: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Recording { recorder: self.clone(), inner: client })
    }
}

#[derive(Debug)]
struct Recording<T> {
    recorder: Recorder,
    inner: T,
}

impl HttpClient for Recording<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, parts);
        SharedHttpConnector::new(Recording { recorder: self.recorder.clone(), inner })
    }
}

impl HttpConnector for Recording<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        for (action, resource) in call::of(&request) {
            self.recorder.note(&action, &resource);
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
    use aws_smithy_runtime_api::client::{http::http_client_fn, result::ConnectorError};

    use super::*;

    #[derive(Debug)]
    struct Nowhere;

    impl HttpConnector for Nowhere {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::ready(Err(ConnectorError::user("nowhere".into())))
        }
    }

    #[tokio::test]
    async fn given_calls_of_an_sdk_client_when_recorded_then_each_use_is_one_line_of_the_functions_file() {
        let path = std::env::temp_dir().join(format!("rialto-record-{}.jsonl", std::process::id()));
        let recorder = Recorder::new("dev-carts-add-item", File::create(&path).unwrap());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "tests"))
            .http_client(recorder.over(http_client_fn(|_, _| SharedHttpConnector::new(Nowhere))))
            .build();
        let client = aws_sdk_dynamodb::Client::from_conf(config);
        for _ in 0..2 {
            client.get_item().table_name("dev-carts").send().await.unwrap_err();
        }
        client.query().table_name("dev-carts").index_name("gsi1").send().await.unwrap_err();
        recorder.note("s3:PutObject", "dev-uploads/uploads/*");

        let lines: Vec<serde_json::Value> =
            std::fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        std::fs::remove_file(&path).unwrap();
        let line = |action: &str, resource: &str| serde_json::json!({ "function": "dev-carts-add-item", "action": action, "resource": resource });
        let expected = [
            line("dynamodb:GetItem", "table/dev-carts"),
            line("dynamodb:Query", "table/dev-carts/index/gsi1"),
            line("s3:PutObject", "dev-uploads/uploads/*"),
        ];
        assert_eq!(lines, expected);
    }
}
