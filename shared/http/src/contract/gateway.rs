//! The REST API's body. Importers take OpenAPI 3.0, so it holds paths and integrations and no schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{NOT_FOUND_FUNCTION, Route, gateway_responses};

const ANY: &str = "x-amazon-apigateway-any-method";
/// The longest that API Gateway waits by default.
const WAIT_MILLISECONDS: u32 = 29_000;

pub(super) fn body(methods: &BTreeMap<String, Vec<String>>, routes: &[Route]) -> Value {
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        let operation = operation(&route.path, &route.function);
        paths.entry(route.path.clone()).or_default().insert(route.method.to_lowercase(), operation);
    }
    // A path that exists answers unknown methods with an error of the gateway's own, and does not fall back to
    // `/{proxy+}`. That goes for the paths above it too.
    for path in methods.keys().flat_map(|path| with_parents(path)).chain(["/".to_owned(), "/{proxy+}".to_owned()]) {
        let operation = operation(&path, NOT_FOUND_FUNCTION);
        paths.entry(path).or_default().insert(ANY.to_owned(), operation);
    }
    json!({
        "openapi": "3.0.1",
        "info": { "title": { "Fn::Sub": "rialto-${Stage}" }, "version": "1" },
        "paths": paths,
        "x-amazon-apigateway-gateway-responses": gateway_responses::all(),
    })
}

fn operation(path: &str, function: &str) -> Value {
    let integration = json!({
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": { "Fn::Sub": format!(
            "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/\
             arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:${{Stage}}-{function}/invocations"
        ) },
        "credentials": { "Fn::GetAtt": ["GatewayRole", "Arn"] },
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": WAIT_MILLISECONDS,
    });
    let mut operation = json!({ "responses": {}, "x-amazon-apigateway-integration": integration });
    let parameters: Vec<Value> = parameters(path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if let (false, Some(operation)) = (parameters.is_empty(), operation.as_object_mut()) {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    operation
}

/// `proxy` of `{proxy+}`.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    let braced = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    braced.map(|name| name.trim_end_matches('+'))
}

/// `/v1/cart` and `/v1`, for `/v1/cart`.
fn with_parents(path: &str) -> BTreeSet<String> {
    let ends = path.match_indices('/').map(|(end, _)| end).filter(|end| *end > 0);
    ends.filter_map(|end| path.get(..end)).chain([path]).map(ToOwned::to_owned).collect()
}
