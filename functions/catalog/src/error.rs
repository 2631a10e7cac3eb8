//! What the catalogue refuses, and what it fails with.

use rialto_events::MalformedEvent;
use rialto_http::{Fault, Problem, code};
use rialto_kernel::OfferId;
use rialto_lambda::{StepError, UNAVAILABLE};
use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::{
    edit_attributes::attribute_pointer,
    picture::PICTURES,
    reading::FileError,
    row::{ATTRIBUTE, RowCode, RowError},
    upload::FileNameError,
};

/// A refusal or a failure of the catalogue service.
#[derive(Debug, Error)]
pub enum Error {
    /// There is no such import, or it is another seller's.
    #[error("there is no such import")]
    ImportNotFound,
    /// There is no such product, or it is not shown.
    #[error("there is no such product")]
    ProductNotFound,
    /// The product has no such picture.
    #[error("there is no such picture")]
    PictureNotFound,
    /// The product has as many pictures as it can have.
    #[error("the product takes no more pictures")]
    TooManyPictures,
    /// The seller has another listing under this SKU.
    #[error("the SKU is in use")]
    SkuTaken,
    /// An item is not as its category declares its products, or more than a product can be.
    #[error("{} errors in the item", .0.len())]
    ItemRefused(Vec<RowError>),
    /// There is no such category.
    #[error("there is no such category")]
    CategoryNotFound,
    /// There is a category at this path.
    #[error("there is such a category")]
    CategoryExists,
    /// There are products or categories under the category.
    #[error("the category is not empty")]
    CategoryNotEmpty,
    /// A category cannot be where it is to be.
    #[error("{pointer}: {message}")]
    CategoryMisplaced {
        /// What names the place, in the request.
        pointer: &'static str,
        /// What to change.
        message: String,
    },
    /// An uploaded file cannot be read as a whole.
    #[error("unreadable file: {0}")]
    FileUnreadable(#[from] FileError),
    /// Offers are not known, or no longer sold.
    #[error("{} offers are not sold", .items.len())]
    OfferUnavailable {
        /// Which.
        items: Vec<OfferId>,
    },
    /// The file's name cannot be part of a key.
    #[error(transparent)]
    FileName(#[from] FileNameError),
    /// Others kept changing the same items.
    #[error("the items kept changing")]
    Contended,
    /// The table failed.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
    /// Another service of AWS failed.
    #[error("{what} failed")]
    Aws {
        /// The operation.
        what: &'static str,
        /// Why.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An event or a stored value is not what it should be.
    #[error("unusable data")]
    Data(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure of the operation `what` of another service.
    pub(crate) fn aws<E: std::error::Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self::Aws { what, cause: cause.into() }
    }
}

impl From<MalformedEvent> for Error {
    fn from(error: MalformedEvent) -> Self {
        Self::Data(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Data(error.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::ImportNotFound | Error::ProductNotFound | Error::CategoryNotFound | Error::PictureNotFound => {
                Self::not_found()
            }
            Error::TooManyPictures => Self::of(code::LIMIT_REACHED).with("limit", PICTURES),
            Error::ItemRefused(errors) => errors.iter().fold(Self::of(code::INVALID_VALUE), |problem, error| {
                let name = error.field.strip_prefix(ATTRIBUTE);
                let pointer = name.map(|name| attribute_pointer("/attributes", name)).unwrap_or_default();
                let fault = if error.code == RowCode::Missing { Fault::Required } else { Fault::NotAllowed };
                problem.error(pointer, fault, error.message.as_str())
            }),
            Error::SkuTaken => Self::of(code::SKU_TAKEN),
            Error::CategoryExists => Self::of(code::CATEGORY_EXISTS),
            Error::CategoryNotEmpty => Self::of(code::CATEGORY_NOT_EMPTY),
            Error::CategoryMisplaced { pointer, message } => Self::invalid(pointer, Fault::NotAllowed, message),
            Error::FileName(error) => Self::invalid("/fileName", Fault::NotAllowed, error.to_string()),
            Error::Table(error) => error.into(),
            Error::Contended | Error::Aws { .. } => Self::unavailable(error),
            Error::FileUnreadable(_) | Error::OfferUnavailable { .. } | Error::Data(_) => Self::internal(error),
        }
    }
}

impl StepError for Error {
    fn name(&self) -> &'static str {
        match self {
            Self::FileUnreadable(_) => "FileUnreadable",
            Self::OfferUnavailable { .. } => "OfferUnavailable",
            _ => UNAVAILABLE,
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::FileUnreadable(error) => json!({ "reason": error.to_string() }),
            Self::OfferUnavailable { items } => json!({ "items": items }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::reading::FileError;

    #[test]
    fn given_the_workflow_when_it_names_an_error_then_its_steps_can_give_it() {
        let machine: Value =
            serde_json::from_str(include_str!("../../../statemachines/catalog-import.asl.json")).unwrap();
        let states = machine["States"].as_object().unwrap().values();
        let rules = states.flat_map(|state| ["Retry", "Catch"].map(|rules| state[rules].as_array().cloned()));
        let names = rules.flatten().flatten().flat_map(|rule| rule["ErrorEquals"].as_array().cloned().unwrap());
        let named: BTreeSet<String> = names.map(|name| name.as_str().unwrap().to_owned()).collect();
        let given = [Error::from(FileError::Gone).name(), "States.ALL"].map(str::to_owned);
        assert_eq!(named, BTreeSet::from(given));
    }

    #[test]
    fn given_offers_that_are_not_sold_when_the_step_fails_then_the_workflow_learns_which() {
        let items = vec![OfferId::named(&["a"])];
        let error = Error::OfferUnavailable { items: items.clone() };
        assert_eq!((error.name(), error.detail()), ("OfferUnavailable", json!({ "items": items })));
    }
}
