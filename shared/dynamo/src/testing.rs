//! For tests: tables on DynamoDB Local, and a table's whole content.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_dynamodb::error::{BuildError, DisplayErrorContext};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};

use crate::error::Error;
use crate::key::Key;
use crate::table::{Read, Table};
use crate::value::Item;

/// The environment variable with the path of the running local stack's description, JSON with `dynamodb`.
pub const STACK: &str = "RIALTO_STACK";

/// The tables a store's tests are to pass on: one in memory, and one on DynamoDB Local where [`STACK`] names a running
/// stack. Both are new and empty; `name` is a prefix.
pub async fn tables(name: &str) -> Result<Vec<Table>, Error> {
    let mut tables = vec![Table::in_memory(name)];
    match local_client()? {
        Some(client) => tables.push(create_local(client, format!("{name}-{:016x}", rand::random::<u64>())).await?),
        None => eprintln!("{STACK} is not set: {name} is tested in memory only"),
    }
    Ok(tables)
}

/// A client of the local stack's DynamoDB, if [`STACK`] is set.
pub fn local_client() -> Result<Option<Client>, Error> {
    let Some(path) = std::env::var_os(STACK) else { return Ok(None) };
    let unreadable = |what: &str| Error::Invalid(format!("{STACK}: {what}"));
    let text = std::fs::read_to_string(path).map_err(|_| unreadable("no readable file"))?;
    let stack: serde_json::Value = serde_json::from_str(&text).map_err(|_| unreadable("no JSON"))?;
    let endpoint = stack.get("dynamodb").and_then(|endpoint| endpoint.as_str());
    Ok(Some(client(endpoint.ok_or_else(|| unreadable("no dynamodb"))?)))
}

/// A client of the DynamoDB Local at `endpoint`, with LocalStack's account and region.
pub fn client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("000000000000", "test", None, None, "local"))
        .endpoint_url(endpoint);
    Client::from_conf(config.build())
}

/// Creates the table `name` as Rialto tables are: `pk`, `sk`, the indexes `gsi1` and `gsi2`, a stream of new and old images.
pub async fn create_local(client: Client, name: impl Into<String>) -> Result<Table, Error> {
    let name = name.into();
    let unbuilt = |error: BuildError| Error::Invalid(error.to_string());
    let all = index("gsi1", ProjectionType::All).map_err(unbuilt)?;
    let keys_only = index("gsi2", ProjectionType::KeysOnly).map_err(unbuilt)?;
    let attributes = ["pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"];
    let attributes: Result<Vec<_>, _> = attributes.into_iter().map(text_attribute).collect();
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build()
        .map_err(unbuilt)?;
    client
        .create_table()
        .table_name(&name)
        .set_key_schema(Some(keys("pk", "sk").map_err(unbuilt)?))
        .set_attribute_definitions(Some(attributes.map_err(unbuilt)?))
        .global_secondary_indexes(all)
        .global_secondary_indexes(keys_only)
        .billing_mode(BillingMode::PayPerRequest)
        .stream_specification(stream)
        .send()
        .await
        .map_err(|error| Error::Unavailable(DisplayErrorContext(error).to_string()))?;
    Ok(Table::sdk(client, name))
}

/// All attributes of the item at `key`, read strongly.
pub async fn item(table: &Table, key: &Key) -> Result<Option<Item>, Error> {
    table.item(key, Read::Strong).await
}

/// Every item of the table, in no order: for invariants over all of it.
pub async fn items(table: &Table) -> Result<Vec<Item>, Error> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = table.scan(after.as_ref(), 1_000).await?;
        items.extend(page);
        after = next;
        if after.is_none() {
            return Ok(items);
        }
    }
}

fn index(name: &str, projection: ProjectionType) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys(&format!("{name}pk"), &format!("{name}sk"))?))
        .projection(Projection::builder().projection_type(projection).build())
        .build()
}

fn keys(pk: &str, sk: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![element(pk, KeyType::Hash)?, element(sk, KeyType::Range)?])
}

fn text_attribute(name: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
}
