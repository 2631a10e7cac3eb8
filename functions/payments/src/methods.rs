//! Stored payment methods, in the table `<stage>-payments`.
//!
//! | Item | `pk` | `sk` | Attributes |
//! |---|---|---|---|
//! | method | `SHOPPER#<userId>` | `METHOD#<paymentMethodId>` | `method`, `tokens` by gateway |
//! | book of methods | `SHOPPER#<userId>` | `METHODS` | `count`, `default` |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | store | transaction: put method if absent; count in the book below 20. Where it is there, add tokens that it has not | 4 writes, 1 a token |
//! | list | query the partition, strong | 1 read |
//! | resolve | get, strong | 1 read |
//! | choose the default | transaction: the method is there; update the book | 4 writes |
//! | remove | get book, strong; transaction: delete method; count and default of the book, unchanged since | 1 read, 4 writes |
//! | erase | query the partition; delete each | 1 read, 1 write a row |
//!
//! A person has at most 20 methods and at most one default, which is one of them: the book counts and chooses in the
//! transactions that store and remove.

use rialto_dynamo::{Check, Delete, Key, Put, Query, Read, Table, Update, Write, cond, to_value};
use rialto_http::{Fault, Problem, code};
use rialto_kernel::{PaymentMethodId, UserId};
use rialto_lambda::{Context, InitError, StepError, UNAVAILABLE};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::{MethodType, StoredMethod, TokensByGateway};

/// The most methods a person can keep.
pub const MOST_METHODS: u64 = 20;
const TRIES: usize = 10;
const BOOK: &str = "METHODS";
const METHOD: &str = "METHOD#";

/// A failure about stored methods.
#[derive(Debug, Error)]
pub enum MethodError {
    /// No such method, or another person's.
    #[error("there is no such payment method")]
    NotFound,
    /// The gateway knows no such token.
    #[error("the gateway does not know the token")]
    UnknownToken,
    /// The person keeps as many as they can.
    #[error("there are as many payment methods as there can be")]
    TooMany,
    /// The methods were changed by others at each try.
    #[error("the payment methods are being changed by others")]
    Contention,
    /// The export bucket failed.
    #[error(transparent)]
    Archives(#[from] rialto_person::ArchivesError),
    /// The table failed.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
}

impl From<MethodError> for Problem {
    fn from(error: MethodError) -> Self {
        match error {
            MethodError::NotFound => Self::not_found(),
            MethodError::UnknownToken => {
                Self::invalid("/gatewayToken", Fault::NotFound, "the payment gateway does not know this token")
            }
            MethodError::TooMany => Self::of(code::LIMIT_REACHED).with("limit", MOST_METHODS),
            MethodError::Contention | MethodError::Archives(_) => Self::unavailable(error),
            MethodError::Table(error) => error.into(),
        }
    }
}

impl StepError for MethodError {
    fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "PaymentMethodNotFound",
            _ => UNAVAILABLE,
        }
    }
}

/// A person's methods, and which is taken when none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Oldest id first.
    pub methods: Vec<StoredMethod>,
    /// One of them, or none.
    pub default: Option<PaymentMethodId>,
}

/// The row, and the book when it has no method.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<StoredMethod>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens: Option<TokensByGateway>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<PaymentMethodId>,
}

#[derive(Deserialize)]
struct AnyRow {
    pk: String,
    sk: String,
}

/// The stored methods. Every finder takes whose they are.
#[derive(Debug, Clone)]
pub struct Methods {
    table: Table,
}

fn partition(owner: UserId) -> String {
    format!("SHOPPER#{owner}")
}

fn method_key(owner: UserId, id: PaymentMethodId) -> Key {
    Key::new(partition(owner), format!("{METHOD}{id}"))
}

fn book_key(owner: UserId) -> Key {
    Key::new(partition(owner), BOOK)
}

impl Methods {
    /// The methods in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The methods in the table that `PAYMENTS_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("PAYMENTS_TABLE").map(Self::new)
    }

    /// Stores a method; answers the one that was there if it is stored already, which gets the tokens it did not have.
    ///
    /// # Errors
    /// [`MethodError::TooMany`], [`MethodError::Table`].
    pub async fn store(
        &self,
        owner: UserId,
        method: StoredMethod,
        tokens: TokensByGateway,
    ) -> Result<StoredMethod, MethodError> {
        let row = Row { method: Some(method.clone()), tokens: Some(tokens.clone()), default: None };
        let put = Put::new(&method_key(owner, method.id), &row)?.when(cond::absent("pk"));
        let room = cond::any([cond::absent("count"), cond::lt("count", MOST_METHODS)]);
        let count = Update::of(book_key(owner)).add("count", 1).when(room);
        match self.table.transact(vec![put.into(), count.into()]).await {
            Ok(()) => Ok(method),
            Err(error) if error.condition_failed() => {
                let before = error.failed_item::<Row>(0)?.ok_or(MethodError::TooMany)?;
                let known = before.tokens.unwrap_or_default();
                for (gateway, token) in tokens.into_iter().filter(|(gateway, token)| known.get(gateway) != Some(token))
                {
                    let path = ["tokens", gateway.text()];
                    let add = Update::of(method_key(owner, method.id)).set_path(&path, to_value(&token)?);
                    match self.table.update(add.when(cond::exists("pk"))).await {
                        // Removed meanwhile.
                        Err(error) if error.condition_failed() => return Err(MethodError::Contention),
                        outcome => outcome?,
                    }
                }
                before.method.ok_or(MethodError::TooMany)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// All methods of a person: at most 20, so one page is enough.
    ///
    /// # Errors
    /// [`MethodError::Table`].
    pub async fn list(&self, owner: UserId) -> Result<Kept, MethodError> {
        let rows: Vec<Row> = self.table.query_all(Query::pk(partition(owner)).sk_begins("METHOD").strong()).await?;
        let default = rows.iter().find_map(|row| row.default);
        Ok(Kept { methods: rows.into_iter().filter_map(|row| row.method).collect(), default })
    }

    /// The gateways' tokens of a method of this person, and of which kind the method is.
    ///
    /// # Errors
    /// [`MethodError::NotFound`], also for another person's; [`MethodError::Table`].
    pub async fn tokens(
        &self,
        owner: UserId,
        id: PaymentMethodId,
    ) -> Result<(TokensByGateway, MethodType), MethodError> {
        let row: Option<Row> = self.table.get(&method_key(owner, id), Read::Strong).await?;
        let kept = row.and_then(|row| Some((row.tokens?, row.method?.details.r#type)));
        kept.ok_or(MethodError::NotFound)
    }

    /// Makes a method the default, or none.
    ///
    /// # Errors
    /// [`MethodError::NotFound`] when it is not one of this person's; [`MethodError::Table`].
    pub async fn set_default(&self, owner: UserId, default: Option<PaymentMethodId>) -> Result<(), MethodError> {
        let book = Update::of(book_key(owner)).set_or_remove("default", default.map(|id| id.to_string()));
        let writes: Vec<Write> = match default {
            Some(id) => vec![Check::of(method_key(owner, id), cond::exists("pk")).into(), book.into()],
            None => vec![book.when(cond::exists("pk")).into()],
        };
        match self.table.transact(writes).await {
            Err(error) if error.condition_failed() && default.is_none() => Ok(()),
            Err(error) if error.condition_failed() => Err(MethodError::NotFound),
            outcome => Ok(outcome?),
        }
    }

    /// Removes a method, and with it the default if it was it.
    ///
    /// # Errors
    /// [`MethodError::NotFound`], [`MethodError::Contention`], [`MethodError::Table`].
    pub async fn remove(&self, owner: UserId, id: PaymentMethodId) -> Result<(), MethodError> {
        for _ in 0..TRIES {
            let book: Option<Row> = self.table.get(&book_key(owner), Read::Strong).await?;
            let was = book.and_then(|book| book.default);
            let unchanged = was.map_or_else(|| cond::absent("default"), |was| cond::eq("default", was.to_string()));
            let count = Update::of(book_key(owner)).add("count", -1).when(unchanged);
            let count = if was == Some(id) { count.remove("default") } else { count };
            let gone = Delete::of(method_key(owner, id)).when(cond::exists("pk"));
            match self.table.transact(vec![gone.into(), count.into()]).await {
                Ok(()) => return Ok(()),
                Err(error) if error.failed_conditions().contains(&0) => return Err(MethodError::NotFound),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(MethodError::Contention)
    }

    /// Removes everything of a person; answers how many rows that were.
    ///
    /// # Errors
    /// [`MethodError::Table`].
    pub async fn erase(&self, owner: UserId) -> Result<u64, MethodError> {
        let rows: Vec<AnyRow> = self.table.query_all(Query::pk(partition(owner)).strong()).await?;
        let mut erased = 0;
        for row in rows {
            self.table.delete(Delete::of(Key::new(row.pk, row.sk))).await?;
            erased += 1;
        }
        Ok(erased)
    }
}

#[cfg(test)]
#[path = "methods_guarded_tests.rs"]
mod guarded_tests;
#[cfg(test)]
#[path = "methods_tests.rs"]
mod tests;
