//! DynamoDB through the SDK.

mod failure;
mod render;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete as DeleteAction, KeysAndAttributes, Put as PutAction, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update as UpdateAction,
};

use crate::backend::{Backend, Failure, RawPage};
use crate::key::Key;
use crate::query::Query;
use crate::table::Read;
use crate::value::Item;
use crate::write::Write;
use render::{Placeholders, Rendered};

const OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

pub(crate) struct Sdk {
    client: Client,
    table: String,
}

impl Sdk {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    fn action(&self, write: &Write) -> Result<TransactWriteItem, BuildError> {
        let Rendered { condition, update, placeholders } = render::write(write);
        let (names, values) = (placeholders.names(), placeholders.values());
        let key = Some(write.key().to_item());
        let action = TransactWriteItem::builder();
        Ok(match write {
            Write::Put(put) => action.put(
                PutAction::builder()
                    .table_name(&self.table)
                    .set_item(Some(put.item.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
            Write::Update(_) => action.update(
                UpdateAction::builder()
                    .table_name(&self.table)
                    .set_key(key)
                    .set_update_expression(update)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
            Write::Delete(_) => action.delete(
                DeleteAction::builder()
                    .table_name(&self.table)
                    .set_key(key)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
            Write::Check(_) => action.condition_check(
                ConditionCheck::builder()
                    .table_name(&self.table)
                    .set_key(key)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
        }
        .build())
    }
}

#[async_trait]
impl Backend for Sdk {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>, Failure> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.to_item()));
        let answer = request.consistent_read(read == Read::Strong).send().await.map_err(|error| failure::of(&error))?;
        Ok(answer.item)
    }

    async fn batch_get(&self, keys: &[Key], read: Read) -> Result<(Vec<Item>, Vec<Key>), Failure> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(Key::to_item).collect()))
            .consistent_read(read == Read::Strong)
            .build()
            .map_err(unbuilt)?;
        let request = self.client.batch_get_item().request_items(&self.table, wanted);
        let answer = request.send().await.map_err(|error| failure::of(&error))?;
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default();
        let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
        let unprocessed = unprocessed.map(|left| left.keys.iter().filter_map(Key::of_item).collect());
        Ok((items, unprocessed.unwrap_or_default()))
    }

    async fn write(&self, write: &Write, returning: bool) -> Result<Option<Item>, Failure> {
        let Rendered { condition, update, placeholders } = render::write(write);
        let (names, values) = (placeholders.names(), placeholders.values());
        match write {
            Write::Put(put) => {
                let request = self.client.put_item().table_name(&self.table).set_item(Some(put.item.clone()));
                request
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .send()
                    .await
                    .map(|_| None)
                    .map_err(failure::of_write)
            }
            Write::Update(_) => {
                let request = self.client.update_item().table_name(&self.table).set_key(Some(write.key().to_item()));
                request
                    .set_update_expression(update)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values(if returning { ReturnValue::AllNew } else { ReturnValue::None })
                    .return_values_on_condition_check_failure(OLD)
                    .send()
                    .await
                    .map(|answer| answer.attributes)
                    .map_err(failure::of_write)
            }
            Write::Delete(_) => {
                let request = self.client.delete_item().table_name(&self.table).set_key(Some(write.key().to_item()));
                request
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .send()
                    .await
                    .map(|_| None)
                    .map_err(failure::of_write)
            }
            Write::Check(_) => Err(Failure::Invalid("a check outside a transaction".to_owned())),
        }
    }

    async fn transact(&self, writes: &[Write], token: &str) -> Result<(), Failure> {
        let actions: Vec<_> =
            writes.iter().map(|write| self.action(write)).collect::<Result<_, _>>().map_err(unbuilt)?;
        let request = self.client.transact_write_items().set_transact_items(Some(actions)).client_request_token(token);
        request.send().await.map(drop).map_err(|error| failure::of_transaction(&error))
    }

    async fn query(&self, query: &Query, most: Option<usize>) -> Result<RawPage, Failure> {
        let start = query.start().map_err(|error| Failure::Invalid(error.to_string()))?;
        let mut placeholders = Placeholders::default();
        let keys = placeholders.key_condition(query);
        let filter = query.filter.as_ref().map(|filter| placeholders.condition(&filter.0));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(query.index.clone())
            .key_condition_expression(keys)
            .set_filter_expression(filter)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .set_exclusive_start_key(start)
            .set_limit(most.map(|most| i32::try_from(most).unwrap_or(i32::MAX)))
            .scan_index_forward(!query.descending)
            .consistent_read(query.strong)
            .send()
            .await
            .map_err(|error| failure::of(&error))?;
        let next = answer.last_evaluated_key.as_ref().and_then(|last| query.position_of(last));
        Ok(RawPage { items: answer.items.unwrap_or_default(), next })
    }

    async fn scan(&self, after: Option<&Key>, most: usize) -> Result<(Vec<Item>, Option<Key>), Failure> {
        let answer = self
            .client
            .scan()
            .table_name(&self.table)
            .set_exclusive_start_key(after.map(Key::to_item))
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| failure::of(&error))?;
        let next = answer.last_evaluated_key.as_ref().and_then(Key::of_item);
        Ok((answer.items.unwrap_or_default(), next))
    }
}

fn unbuilt(error: BuildError) -> Failure {
    Failure::Invalid(error.to_string())
}
