//! What the orders service refuses, and what it fails with.

use rialto_lambda::{StepError, UNAVAILABLE};
use thiserror::Error;

use crate::domain::Status;

/// A refusal or a failure of the orders service.
#[derive(Debug, Error)]
pub enum OrderError {
    /// There is no such order.
    #[error("there is no such order")]
    OrderNotFound,
    /// The order's state does not take the command. A workflow that gets this has gone wrong.
    #[error("an order that is {} does not take: {command}", from.name())]
    IllegalTransition {
        /// Where the order stands.
        from: Status,
        /// What was wanted.
        command: &'static str,
    },
    /// The order kept changing under the command.
    #[error("the order kept changing")]
    Busy,
    /// The table failed.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
    /// Something that was computed or read cannot be used: a bug.
    #[error("unusable data: {0}")]
    Data(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl OrderError {
    pub(crate) fn data(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Data(error.into())
    }
}

impl StepError for OrderError {
    fn name(&self) -> &'static str {
        match self {
            Self::OrderNotFound => "OrderNotFound",
            Self::IllegalTransition { .. } => "IllegalTransition",
            Self::Busy | Self::Table(_) | Self::Data(_) => UNAVAILABLE,
        }
    }
}
