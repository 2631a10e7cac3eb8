//! The SDK's errors as failures of an attempt.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::CancellationReason;

use crate::backend::Failure;
use crate::error::Reason;
use crate::value::Item;

/// Any error of any operation, but for unmet conditions.
pub(crate) fn of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Failure {
    match error {
        SdkError::ServiceError(error) => {
            let error = error.err();
            of_code(error.code().unwrap_or("unknown"), error.message().unwrap_or_default())
        }
        SdkError::ConstructionFailure(_) => Failure::Invalid("the request could not be built".to_owned()),
        SdkError::TimeoutError(_) => Failure::Unavailable("timed out".to_owned()),
        SdkError::DispatchFailure(_) => Failure::Unavailable("not reached".to_owned()),
        _ => Failure::Unavailable("no readable answer".to_owned()),
    }
}

/// An error of a single write.
pub(crate) fn of_write<E: ProvideErrorMetadata + ConditionalItem, R>(error: SdkError<E, R>) -> Failure {
    match error {
        SdkError::ServiceError(error) if error.err().code() == Some("ConditionalCheckFailedException") => {
            Failure::Condition(error.into_err().conditional_item())
        }
        other => of(&other),
    }
}

/// An error of a transaction.
pub(crate) fn of_transaction<R>(error: &SdkError<TransactWriteItemsError, R>) -> Failure {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            of_reasons(cancelled.cancellation_reasons())
        }
        _ => of(error),
    }
}

/// A conflict or throttle on any write outweighs unmet conditions, which may be due to what it conflicts with.
fn of_reasons(reasons: &[CancellationReason]) -> Failure {
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    if reasons.iter().any(|reason| is_busy(&code(reason))) {
        return Failure::Busy;
    }
    let outcomes: Result<Vec<Reason>, Failure> = reasons
        .iter()
        .map(|reason| match reason.code() {
            None | Some("None") => Ok(Reason::Met),
            Some("ConditionalCheckFailed") => Ok(Reason::ConditionFailed { item: present(reason.item().cloned()) }),
            Some(other) => Err(Failure::Invalid(described(other, reason.message().unwrap_or_default()))),
        })
        .collect();
    match outcomes {
        Ok(reasons) if reasons.iter().any(|reason| *reason != Reason::Met) => Failure::Cancelled(reasons),
        Ok(_) => Failure::Invalid("cancelled without a reason".to_owned()),
        Err(invalid) => invalid,
    }
}

fn of_code(code: &str, message: &str) -> Failure {
    match code {
        "TransactionConflictException" => Failure::Busy,
        code if is_busy(code) => Failure::Throttled,
        "TransactionInProgressException" => Failure::InProgress,
        "InternalServerError" | "InternalFailure" | "ServiceUnavailable" | "ServiceUnavailableException" => {
            Failure::Unavailable(code.to_owned())
        }
        code => Failure::Invalid(described(code, message)),
    }
}

fn is_busy(code: &str) -> bool {
    matches!(
        code,
        "TransactionConflict"
            | "ProvisionedThroughputExceeded"
            | "ProvisionedThroughputExceededException"
            | "ThrottlingError"
            | "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
    )
}

/// The message of a validation error speaks of expressions, which hold placeholders only. Others can name keys.
fn described(code: &str, message: &str) -> String {
    let is_validation = matches!(code, "ValidationException" | "ValidationError");
    if is_validation && !message.is_empty() { format!("{code}: {message}") } else { code.to_owned() }
}

/// DynamoDB Local answers an empty item where there was none.
fn present(item: Option<Item>) -> Option<Item> {
    item.filter(|item| !item.is_empty())
}

/// The item in the error of an unmet condition.
pub(crate) trait ConditionalItem {
    fn conditional_item(self) -> Option<Item>;
}

macro_rules! conditional_item {
    ($($error:ident),*) => {$(
        impl ConditionalItem for $error {
            fn conditional_item(self) -> Option<Item> {
                match self {
                    Self::ConditionalCheckFailedException(failed) => present(failed.item),
                    _ => None,
                }
            }
        }
    )*};
}
conditional_item!(PutItemError, UpdateItemError, DeleteItemError);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::Value;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_conflict_outweighs_an_unmet_condition() {
        for conflict in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            let reasons = [reason("ConditionalCheckFailed"), reason("None"), reason(conflict)];
            assert_eq!(of_reasons(&reasons), Failure::Busy, "{conflict}");
        }
    }

    #[test]
    fn unmet_conditions_keep_the_order_of_the_writes_and_the_items() {
        let failed =
            CancellationReason::builder().code("ConditionalCheckFailed").item("n", Value::N("1".into())).build();
        let expected = Item::from([("n".to_owned(), Value::N("1".into()))]);
        assert_eq!(
            of_reasons(&[reason("None"), failed, reason("ConditionalCheckFailed")]),
            Failure::Cancelled(vec![
                Reason::Met,
                Reason::ConditionFailed { item: Some(expected) },
                Reason::ConditionFailed { item: None }
            ])
        );
    }

    #[test]
    fn an_invalid_write_is_no_refusal() {
        assert_eq!(
            of_reasons(&[reason("ConditionalCheckFailed"), reason("ItemCollectionSizeLimitExceeded")]),
            Failure::Invalid("ItemCollectionSizeLimitExceeded".to_owned())
        );
        assert!(matches!(of_reasons(&[]), Failure::Invalid(_)));
    }

    #[test]
    fn codes_of_single_operations() {
        assert_eq!(of_code("TransactionConflictException", ""), Failure::Busy);
        for throttle in ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"] {
            assert_eq!(of_code(throttle, ""), Failure::Throttled, "{throttle}");
        }
        assert_eq!(of_code("TransactionInProgressException", ""), Failure::InProgress);
        assert!(matches!(of_code("InternalServerError", ""), Failure::Unavailable(_)));
        assert_eq!(
            of_code("ResourceNotFoundException", "secret"),
            Failure::Invalid("ResourceNotFoundException".into())
        );
    }
}
