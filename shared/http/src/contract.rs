//! The contract: one OpenAPI document made of the services' own, from which the gateway's routes and those of
//! `cargo lambda watch` follow.

mod common;
mod examples;
mod gateway;
mod gateway_responses;
mod headers;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use thiserror::Error;
use utoipa::openapi::OpenApi;

use crate::caller;

/// Says who may call an operation: the [`crate::Caller::NAME`] of its handler.
pub const CALLER: &str = "x-rialto-caller";
/// Names the function of an operation whose id is not the function's name: the second route of a function.
pub const FUNCTION: &str = "x-rialto-function";
/// The function for whatever is no route.
pub const NOT_FOUND_FUNCTION: &str = "edge-not-found";
/// The name of the security scheme of access tokens.
pub const BEARER: &str = "bearer";
/// The name of the security scheme of guests' cart tokens.
pub const CART_TOKEN: &str = "cartToken";

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// What is wrong with a contract.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContractError {
    /// The document is not JSON.
    #[error("the document is not JSON: {0}")]
    Unreadable(String),
    /// Two operations have one id, or one path and method.
    #[error("{0} is given twice")]
    Twice(String),
    /// An operation has no `operationId`.
    #[error("{0} has no operationId")]
    Nameless(String),
    /// An operation does not say who may call it.
    #[error("{0} does not say who may call it: extensions((\"x-rialto-caller\" = json!(Shopper::NAME)))")]
    Callerless(String),
    /// Parameters at one place of a path have two names, which gateways do not take.
    #[error("{0} names its parameter otherwise than another path does")]
    Parameter(String),
    /// One schema name stands for two schemas.
    #[error("the schema {0} is two different ones; give one of them another name: #[schema(as = ...)]")]
    Schema(String),
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The operation's own name.
    pub operation_id: String,
    /// The function's name without the stage: the operation's, unless [`FUNCTION`] says otherwise.
    pub function: String,
    /// The method in upper case.
    pub method: String,
    /// The path with parameters in braces.
    pub path: String,
    /// Who may call it, as [`crate::Caller::NAME`].
    pub caller: String,
}

/// The whole API as one OpenAPI 3.1 document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document(Value);

impl Document {
    /// Merges the services' parts, and adds what follows from the caller, parameters and body of each operation: security and
    /// the common problems.
    ///
    /// # Errors
    /// When an operation lacks its id or caller, or parts contradict each other.
    pub fn of(parts: impl IntoIterator<Item = OpenApi>) -> Result<Self, ContractError> {
        let mut paths = Map::new();
        let mut schemas = common::schemas()?;
        for part in parts {
            let part = serde_json::to_value(part).map_err(|error| ContractError::Unreadable(error.to_string()))?;
            merge_paths(&mut paths, part.get("paths"))?;
            merge_schemas(&mut schemas, part.pointer("/components/schemas"))?;
        }
        for (path, item) in &mut paths {
            for (method, operation) in operations_mut(item) {
                common::complete(operation, &format!("{} {path}", method.to_uppercase()))?;
            }
        }
        examples::complete(&mut schemas);
        let mut document = Self(json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Rialto",
                "version": "1",
                "description": "A marketplace: catalogue, search, carts, checkout and orders.",
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            "paths": paths,
            "components": {
                "schemas": schemas, "headers": headers::components(), "securitySchemes": common::security_schemes(),
            },
        }));
        // Features of serde_json that another crate turns on must not change the order.
        document.0.sort_all_objects();
        document.check()?;
        Ok(document)
    }

    /// Reads a document that [`Document::json`] wrote.
    ///
    /// # Errors
    /// When it is no JSON, or its routes contradict each other.
    pub fn parse(json: &str) -> Result<Self, ContractError> {
        let value = serde_json::from_str(json).map_err(|error| ContractError::Unreadable(error.to_string()))?;
        let document = Self(value);
        document.check()?;
        Ok(document)
    }

    /// The document as indented JSON with a line break at the end: the same for the same routes.
    #[must_use]
    pub fn json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// The document's value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The routes, by path and method.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        let paths = self.0.get("paths").and_then(Value::as_object).into_iter().flatten();
        let routes = paths.flat_map(|(path, item)| {
            operations(item).map(move |(method, operation)| {
                let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let (operation_id, caller) = (text("operationId"), text(CALLER));
                let function =
                    Some(text(FUNCTION)).filter(|name| !name.is_empty()).unwrap_or_else(|| operation_id.clone());
                Route { operation_id, function, method: method.to_uppercase(), path: path.clone(), caller }
            })
        });
        routes.collect()
    }

    /// The methods each path takes, for `Allow`.
    #[must_use]
    pub fn methods(&self) -> BTreeMap<String, Vec<String>> {
        let mut methods: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for route in self.routes() {
            methods.entry(route.path).or_default().push(route.method);
        }
        methods
    }

    /// The `DefinitionBody` of the REST API: paths and integrations, which call `<stage>-<function>` through the role
    /// `GatewayRole`. Whatever is no route goes to [`NOT_FOUND_FUNCTION`].
    #[must_use]
    pub fn gateway(&self) -> Value {
        let mut body = gateway::body(&self.methods(), &self.routes());
        body.sort_all_objects();
        body
    }

    /// The table `[workspace.metadata.lambda.watch.router]`, in TOML.
    #[must_use]
    pub fn watch_router(&self) -> String {
        watch::router(&self.methods(), &self.routes())
    }

    fn check(&self) -> Result<(), ContractError> {
        let (mut ids, mut names) = (BTreeSet::new(), BTreeMap::new());
        for route in self.routes() {
            if !caller::NAMES.contains(&route.caller.as_str()) {
                return Err(ContractError::Callerless(route.operation_id));
            }
            if !ids.insert(route.operation_id.clone()) {
                return Err(ContractError::Twice(route.operation_id));
            }
            let mut place = String::new();
            for segment in route.path.split('/') {
                let is_parameter = segment.starts_with('{');
                if is_parameter && names.entry(place.clone()).or_insert(segment.to_owned()) != segment {
                    return Err(ContractError::Parameter(route.path));
                }
                place.push('/');
                place.push_str(if is_parameter { "{}" } else { segment });
            }
        }
        Ok(())
    }
}

fn operations(item: &Value) -> impl Iterator<Item = (&String, &Value)> {
    item.as_object().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()))
}

fn operations_mut(item: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()))
}

fn merge_paths(paths: &mut Map<String, Value>, more: Option<&Value>) -> Result<(), ContractError> {
    for (path, item) in more.and_then(Value::as_object).into_iter().flatten() {
        let known = paths.entry(path).or_insert_with(|| json!({}));
        for (method, operation) in operations(item) {
            let Some(known) = known.as_object_mut() else { continue };
            if known.insert(method.clone(), operation.clone()).is_some() {
                return Err(ContractError::Twice(format!("{} {path}", method.to_uppercase())));
            }
        }
    }
    Ok(())
}

fn merge_schemas(schemas: &mut Map<String, Value>, more: Option<&Value>) -> Result<(), ContractError> {
    for (name, schema) in more.and_then(Value::as_object).into_iter().flatten() {
        if schemas.get(name).is_some_and(|known| known != schema) {
            return Err(ContractError::Schema(name.clone()));
        }
        schemas.insert(name.clone(), schema.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
