//! Starting a checkout's run.

use aws_sdk_sfn::error::DisplayErrorContext;
use rialto_kernel::{AddressId, CartId, OrderId, PaymentId, ReservationId, UserId};
use rialto_lambda::{Context, InitError};
use serde::Serialize;
use thiserror::Error;

/// The workflow's input: ids only.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Also the run's name.
    pub order_id: OrderId,
    /// Who buys.
    pub shopper_id: UserId,
    /// What is bought.
    pub cart_id: CartId,
    /// Where the stock will be set aside.
    pub reservation_id: ReservationId,
    /// What pays.
    pub payment_id: PaymentId,
    /// The payment method; null in a checkout of two steps, which asks for it when all is reserved.
    pub payment_method_id: Option<String>,
    /// A stored address; null when the address came with the request.
    pub address_id: Option<AddressId>,
}

/// The run could not be started, or it is not known whether it was.
#[derive(Debug, Error)]
#[error("the checkout could not be started: {0}")]
pub struct NotStarted(String);

/// The workflow could not be woken, or it is not known whether it was.
#[derive(Debug, Error)]
#[error("the checkout could not be woken: {0}")]
pub struct NotWoken(String);

/// Whether a task heard that it may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// It did.
    Now,
    /// It had gone on by itself or was woken before: its time was up, or its run is over.
    Before,
}

/// The workflow.
#[derive(Debug, Clone)]
pub struct Workflow {
    client: aws_sdk_sfn::Client,
    arn: String,
    context: Context,
}

impl Workflow {
    /// The workflow of `CHECKOUT_MACHINE_ARN`.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self {
            client: aws_sdk_sfn::Client::new(context.sdk()),
            arn: rialto_lambda::env("CHECKOUT_MACHINE_ARN")?,
            context: context.clone(),
        })
    }

    /// Starts the run; one that was started before is a success.
    ///
    /// # Errors
    /// When Step Functions does not answer so.
    pub async fn start(&self, run: &Run) -> Result<(), NotStarted> {
        let input = serde_json::to_string(run).map_err(|error| NotStarted(error.to_string()))?;
        let start =
            self.client.start_execution().state_machine_arn(&self.arn).name(run.order_id.to_string()).input(input);
        match start.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_execution_already_exists()) => Ok(()),
            Err(error) => Err(NotStarted(DisplayErrorContext(error).to_string())),
        }
    }

    /// Lets a sleeping task go on, which then reads what was decided. It may be told twice.
    ///
    /// # Errors
    /// When Step Functions does not answer so.
    pub async fn wake(&self, token: &str) -> Result<Woken, NotWoken> {
        self.context.record("states:SendTaskSuccess", self.arn.rsplit(':').next().unwrap_or_default());
        match self.client.send_task_success().task_token(token).output("{}").send().await {
            Ok(_) => Ok(Woken::Now),
            Err(error) => match error.as_service_error() {
                Some(told) if told.is_task_timed_out() || told.is_task_does_not_exist() || told.is_invalid_token() => {
                    Ok(Woken::Before)
                }
                _ => Err(NotWoken(DisplayErrorContext(error).to_string())),
            },
        }
    }
}
