//! The list of routes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// Keys of a path item that are methods; the others are `parameters`, `summary` and the like.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The paths and methods of a contract.
#[derive(Debug, Clone)]
pub struct Routes(Vec<Route>);

#[derive(Debug, Clone)]
struct Route {
    segments: Vec<Segment>,
    methods: BTreeSet<String>,
}

/// Literal before parameter: the order in which a gateway prefers them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Parameter,
}

#[derive(Deserialize)]
struct Contract {
    paths: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Routes {
    /// The routes of an OpenAPI document, the most specific first.
    ///
    /// # Errors
    /// When it is no OpenAPI document.
    pub fn of(openapi: &str) -> Result<Self, serde_json::Error> {
        let contract: Contract = serde_json::from_str(openapi)?;
        let mut routes: Vec<_> = contract.paths.iter().map(|(path, item)| Route::of(path, item.keys())).collect();
        routes.sort_by(|a, b| a.segments.cmp(&b.segments));
        Ok(Self(routes))
    }

    /// The methods that a path takes, in upper case; none when there is no such path. Where two templates fit, as
    /// `/orders/checkout` and `/orders/{id}` do, the literal one is meant.
    #[must_use]
    pub fn methods(&self, path: &str) -> Option<&BTreeSet<String>> {
        self.0.iter().find(|route| route.fits(path)).map(|route| &route.methods)
    }
}

impl Route {
    fn of<'a>(path: &str, keys: impl Iterator<Item = &'a String>) -> Self {
        let is_parameter = |text: &str| text.starts_with('{') && text.ends_with('}');
        let segment =
            |text: &str| if is_parameter(text) { Segment::Parameter } else { Segment::Literal(text.to_owned()) };
        let methods = keys.filter(|key| METHODS.contains(&key.as_str())).map(|key| key.to_ascii_uppercase());
        Self { segments: path.split('/').map(segment).collect(), methods: methods.collect() }
    }

    fn fits(&self, path: &str) -> bool {
        let mut texts = path.split('/');
        let all = self.segments.iter().all(|segment| match (segment, texts.next()) {
            (Segment::Literal(literal), Some(text)) => literal == text,
            (Segment::Parameter, Some(text)) => !text.is_empty(),
            (_, None) => false,
        });
        all && texts.next().is_none()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn methods(path: &str) -> Option<Vec<String>> {
        let contract = r#"{"openapi": "3.1.0", "paths": {
            "/v1/orders": {"get": {}},
            "/v1/orders/{id}": {"get": {}, "parameters": []},
            "/v1/orders/checkout": {"post": {}},
            "/v1/cart/items/{itemId}": {"patch": {}, "delete": {}}
        }}"#;
        Routes::of(contract).unwrap().methods(path).map(|methods| methods.iter().cloned().collect())
    }

    #[test]
    fn given_a_path_when_looked_up_then_its_methods_are_those_of_the_most_specific_template() {
        let some = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(methods("/v1/orders"), some(&["GET"]));
        assert_eq!(methods("/v1/orders/ord_1"), some(&["GET"]));
        assert_eq!(methods("/v1/orders/checkout"), some(&["POST"]));
        assert_eq!(methods("/v1/cart/items/itm_1"), some(&["DELETE", "PATCH"]));
    }

    #[test]
    fn given_an_unknown_path_when_looked_up_then_there_is_none() {
        for path in ["", "/", "/v1", "/v1/order", "/v1/orders/", "/v1/orders/a/b", "/v1/cart/items", "/V1/orders"] {
            assert_eq!(methods(path), None, "{path}");
        }
    }

    #[test]
    fn given_the_committed_contract_when_read_then_it_is_one() {
        assert!(Routes::of(crate::CONTRACT).is_ok());
        assert!(Routes::of("{}").is_err());
    }
}
