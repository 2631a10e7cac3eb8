//! Start-up: logs, settings and AWS configuration, once a cold start.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_types::timeout::TimeoutConfig;
use rialto_dynamo::Table;
use rialto_kernel::Timestamp;
use thiserror::Error;

use crate::{
    log,
    metric::{Metric, Unit},
    record::Recorder,
};

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
const READ_WITHIN: Duration = Duration::from_secs(10);

/// A setting without which the function cannot start.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InitError {
    /// The environment variable is not set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(String),
    /// The environment variable has a value that cannot be used.
    #[error("the environment variable {name} is unusable: {reason}")]
    Unusable {
        /// The variable's name.
        name: String,
        /// Why; never the value, which may be a secret.
        reason: String,
    },
}

/// What a function knows about itself, and its AWS configuration. Clones share everything.
#[derive(Debug, Clone)]
pub struct Context {
    service: &'static str,
    stage: String,
    function: String,
    sdk: SdkConfig,
    dynamodb: aws_sdk_dynamodb::Client,
    recorder: Option<Arc<Recorder>>,
    /// Tables by their variable, in the place of DynamoDB's.
    #[cfg(feature = "testing")]
    tables: Option<Arc<std::collections::BTreeMap<String, Table>>>,
}

/// Starts a function: logs as JSON on standard output, then the AWS configuration. `service` names the bounded context.
///
/// Reads `STAGE` and, where set, `RIALTO_RECORD_DIR`, a folder into which each AWS call's action and resource are written.
///
/// # Errors
/// When `STAGE` is not set, or the folder cannot be written.
pub async fn init(service: &'static str) -> Result<Context, InitError> {
    log::start();
    let stage = env("STAGE")?;
    let function = env("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| service.to_owned());
    let recorder = Recorder::from_env(&function)?.map(Arc::new);
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_WITHIN).read_timeout(READ_WITHIN).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
    if let Some(recorder) = &recorder {
        loader = loader.http_client(recorder.client());
    }
    let sdk = loader.load().await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
    Ok(Context {
        service,
        stage,
        function,
        dynamodb,
        sdk,
        recorder,
        #[cfg(feature = "testing")]
        tables: None,
    })
}

impl Context {
    /// A function of the stage `sim` over these tables, by the variables that name them, and this configuration.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn simulated(
        service: &'static str,
        sdk: SdkConfig,
        tables: Arc<std::collections::BTreeMap<String, Table>>,
    ) -> Self {
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
        let (stage, function) = ("sim".to_owned(), service.to_owned());
        Self { service, stage, function, dynamodb, sdk, recorder: None, tables: Some(tables) }
    }

    /// The bounded context, such as `carts`.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// The stage, such as `dev`: every name of this deployment starts with it.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The bin's name without the stage, such as `carts-add-item`: also the route's `operationId`.
    #[must_use]
    pub fn function(&self) -> &str {
        let own = self.function.strip_prefix(self.stage.as_str()).and_then(|rest| rest.strip_prefix('-'));
        own.unwrap_or(&self.function)
    }

    /// The configuration for a service's own clients: `aws_sdk_sfn::Client::new(context.sdk())`.
    #[must_use]
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The table whose name is in the environment variable, such as `CATALOG_TABLE`. Tables share one client.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn table(&self, variable: &str) -> Result<Table, InitError> {
        #[cfg(feature = "testing")]
        if let Some(tables) = &self.tables {
            return tables.get(variable).cloned().ok_or_else(|| InitError::Missing(variable.to_owned()));
        }
        Ok(Table::sdk(self.dynamodb.clone(), env(variable)?))
    }

    /// A metric of this stage.
    #[must_use]
    pub fn metric(&self, name: &'static str, unit: Unit) -> Metric {
        Metric::new(name, unit, &self.stage)
    }

    /// Notes the use of a permission that no call of the SDK shows, such as the `s3:PutObject` a presigned form
    /// passes on. Does nothing unless calls are being recorded.
    pub fn record(&self, action: &str, resource: &str) {
        if let Some(recorder) = &self.recorder {
            recorder.note(action, resource);
        }
    }
}

/// The value of an environment variable; an empty one counts as not set.
///
/// # Errors
/// When it is not set or not UTF-8.
pub fn env(name: &str) -> Result<String, InitError> {
    #[cfg(feature = "testing")]
    if let Some(value) = crate::testing::setting(name) {
        return Ok(value);
    }
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| InitError::Missing(name.to_owned()))
}

/// The current time. Handlers read it once and pass it on; domain code takes it as an argument.
#[must_use]
pub fn now() -> Timestamp {
    rialto_chance::now()
}
