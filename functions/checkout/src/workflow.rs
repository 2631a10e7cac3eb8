//! Starting a checkout's runs, and asking how they stand.

use aws_sdk_sfn::error::DisplayErrorContext;
use rialto_kernel::{AddressId, CartId, OrderId, PaymentId, ReservationId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::Serialize;
use thiserror::Error;

use crate::{
    domain::{Loss, RunState},
    store::Checkout,
};

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
    /// How the run before was lost, when this one is to settle what it has left; null in a first run.
    pub lost: Option<&'static str>,
}

impl Run {
    /// The run that settles what another one of this checkout has left. None of a checkout that does not know its ids, which is
    /// older than this.
    #[must_use]
    pub fn settling(checkout: &Checkout, lost: Loss) -> Option<Self> {
        Some(Self {
            order_id: checkout.order_id,
            shopper_id: checkout.shopper_id?,
            cart_id: checkout.cart_id?,
            reservation_id: checkout.reservation_id?,
            payment_id: checkout.payment_id?,
            payment_method_id: None,
            address_id: None,
            lost: Some(lost.name()),
        })
    }
}

/// The run could not be started, or it is not known whether it was.
#[derive(Debug, Error)]
#[error("the checkout could not be started: {0}")]
pub struct NotStarted(String);

/// How a run stands could not be learnt.
#[derive(Debug, Error)]
#[error("the run's state is not known: {0}")]
pub struct NotTold(String);

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

    /// Starts the first run; one that was started before is a success, also one that settles that none was started.
    ///
    /// # Errors
    /// When Step Functions does not answer so.
    pub async fn start(&self, run: &Run) -> Result<(), NotStarted> {
        self.start_as(run, 1).await
    }

    /// Starts the run of this number, counted from 1; one that was started before is a success.
    ///
    /// # Errors
    /// When Step Functions does not answer so.
    pub async fn start_as(&self, run: &Run, number: usize) -> Result<(), NotStarted> {
        let input = serde_json::to_string(run).map_err(|error| NotStarted(error.to_string()))?;
        let name = name(run.order_id, number);
        let start = self.client.start_execution().state_machine_arn(&self.arn).name(name).input(input);
        match start.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_execution_already_exists()) => Ok(()),
            Err(error) => Err(NotStarted(DisplayErrorContext(error).to_string())),
        }
    }

    /// How the run of this number stands; none when it was never started.
    ///
    /// # Errors
    /// When Step Functions does not answer so.
    pub async fn state_of(&self, order: OrderId, number: usize) -> Result<Option<RunState>, NotTold> {
        use aws_sdk_sfn::types::ExecutionStatus as Status;
        let arn = format!("{}:{}", self.arn.replacen(":stateMachine:", ":execution:", 1), name(order, number));
        let run = match self.client.describe_execution().execution_arn(arn).send().await {
            Ok(run) => run,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_execution_does_not_exist()) => return Ok(None),
            Err(error) => return Err(NotTold(DisplayErrorContext(error).to_string())),
        };
        let how = match run.status() {
            Status::Succeeded => return Ok(Some(RunState::Succeeded)),
            Status::Failed => Loss::Failed,
            Status::TimedOut => Loss::TimedOut,
            Status::Aborted => Loss::Aborted,
            _ => return Ok(Some(RunState::Running)),
        };
        let ended = run.stop_date().and_then(|at| Timestamp::from_second(at.secs()).ok());
        let at = ended.ok_or_else(|| NotTold("a run that has ended says not when".to_owned()))?;
        Ok(Some(RunState::Lost { how, at }))
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

/// A run's name, which Step Functions takes once.
fn name(order: OrderId, number: usize) -> String {
    if number == 1 { order.to_string() } else { format!("{order}-{number}") }
}

#[cfg(test)]
#[path = "workflow_tests.rs"]
mod tests;
