//! The services of AWS that handlers call besides their tables, behind the SDK's own clients: Step Functions, SQS and Secrets
//! Manager. Requests go into a channel and are answered by the simulation, as a process that dies cannot take back what it
//! has sent.

use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig, stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_sdk_sfn::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

/// A call of one of the services.
#[derive(Debug)]
pub(crate) struct Call {
    /// Such as `AWSStepFunctions.StartExecution`.
    pub(crate) target: String,
    /// Its input.
    pub(crate) input: Value,
    /// Where its answer goes.
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What a service answers: its output, or the name of its error and whether it is the caller's.
pub(crate) type Answer = Result<Value, ServiceError>;

/// An error of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ServiceError {
    /// The caller's: its name.
    Refused(&'static str),
    /// The service's.
    Unavailable,
}

/// The configuration of clients whose calls come out at the other end.
pub(crate) fn clients() -> (SdkConfig, mpsc::UnboundedReceiver<Call>) {
    let (calls, received) = mpsc::unbounded_channel();
    let connector = SharedHttpConnector::new(Wire { calls });
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("sim", "sim", None, None, "simulation")))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // Whether a request is sent again is drawn from the seed, by whoever answers it.
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    (config, received)
}

#[derive(Debug)]
struct Wire {
    calls: mpsc::UnboundedSender<Call>,
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let input = serde_json::from_slice(body).unwrap_or_default();
        let (answer, answered) = oneshot::channel();
        let sent = self.calls.send(Call { target, input, answer });
        HttpConnectorFuture::new(async move {
            let lost = || ConnectorError::io("nobody answers".into());
            sent.map_err(|_| lost())?;
            let (status, body) = match answered.await.map_err(|_| lost())? {
                Ok(output) => (200, output),
                Err(ServiceError::Refused(name)) => (400, json!({ "__type": name, "message": name })),
                Err(ServiceError::Unavailable) => (500, json!({ "__type": "InternalFailure" })),
            };
            let status = StatusCode::try_from(status).map_err(|_| lost())?;
            Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
        })
    }
}
