//! The SDK over a service that is played by a test.

use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, StalledStreamProtectionConfig, retry::RetryConfig,
};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use rialto_lambda::SdkConfig;

/// Every request goes to `service`, under `http://<host>`. None is sent again.
pub(crate) fn sdk(host: &str, service: impl HttpConnector + 'static) -> SdkConfig {
    let wire = SharedHttpConnector::new(service);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "tests")))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(format!("http://{host}"))
        .http_client(http_client_fn(move |_, _| wire.clone()))
        .build()
}
