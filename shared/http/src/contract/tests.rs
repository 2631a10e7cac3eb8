#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code, unused, reason = "tests")]

use serde_json::json;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::*;
use crate::{Anyone, Caller, Customer, Limit, Problem, Request, Response, Shopper, idempotency};

#[derive(ToSchema)]
struct Item {
    quantity: u32,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    limit: Limit,
    cursor: Option<String>,
}

/// Adds an item.
#[utoipa::path(post, path = "/v1/cart/items", operation_id = "carts-add-item", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))), params(idempotency::Required), request_body = Item,
    responses((status = 201, body = Item), (status = 409, description = "`OUT_OF_STOCK`")))]
async fn add_item(_: &(), _: Customer, _: Request) -> Result<Response, Problem> {
    Err(Problem::not_found())
}

/// Shows an order.
#[utoipa::path(get, path = "/v1/orders/{id}", operation_id = "orders-show-order", tag = "orders",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))), params(("id" = String, Path)), responses((status = 200)))]
async fn show_order() {}

/// Lists products.
#[utoipa::path(get, path = "/v1/products", operation_id = "catalog-list-products", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))), params(Page), responses((status = 200)))]
async fn list_products() {}

#[utoipa::path(get, path = "/v1/nobody", operation_id = "nobody", responses((status = 200)))]
async fn callerless() {}

#[utoipa::path(get, path = "/v1/orders/{orderId}/lines", operation_id = "lines", params(("orderId" = String, Path)),
    extensions(("x-rialto-caller" = json!(Shopper::NAME))), responses((status = 200)))]
async fn other_name() {}

#[derive(OpenApi)]
#[openapi(paths(add_item, list_products))]
struct Carts;
#[derive(OpenApi)]
#[openapi(paths(show_order))]
struct Orders;
#[derive(OpenApi)]
#[openapi(paths(callerless))]
struct Callerless;
#[derive(OpenApi)]
#[openapi(paths(other_name))]
struct OtherName;

fn document() -> Document {
    Document::of([Carts::openapi(), Orders::openapi()]).unwrap()
}

fn statuses(document: &Document, pointer: &str) -> Vec<String> {
    document.value().pointer(pointer).unwrap()["responses"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn given_the_services_parts_when_merged_then_each_operation_lists_what_it_can_answer() {
    let document = document();
    let add = "/paths/~1v1~1cart~1items/post";
    let expected = ["201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"];
    assert_eq!(statuses(&document, add), expected);
    let conflict = &document.value().pointer(add).unwrap()["responses"]["409"];
    assert_eq!(conflict["description"], "`OUT_OF_STOCK`, `IDEMPOTENCY_IN_FLIGHT`");
    assert_eq!(conflict["content"]["application/problem+json"]["schema"]["$ref"], "#/components/schemas/Problem");
    assert_eq!(
        statuses(&document, "/paths/~1v1~1orders~1{id}/get"),
        ["200", "400", "401", "403", "404", "422", "429", "500", "503"]
    );
    assert_eq!(statuses(&document, "/paths/~1v1~1products/get"), ["200", "400", "422", "429", "500", "503"]);
    let key = &document.value().pointer(add).unwrap()["parameters"][0];
    assert_eq!(
        (&key["name"], &key["in"], &key["required"]),
        (&json!("Idempotency-Key"), &json!("header"), &json!(true))
    );
    for schema in ["Problem", "Invalid", "Fault", "Item"] {
        assert!(document.value()["components"]["schemas"].get(schema).is_some(), "{schema}");
    }
}

#[test]
fn given_an_operation_when_merged_then_its_answers_name_their_headers() {
    let document = document();
    let names = |pointer: &str| -> Vec<String> {
        document.value().pointer(pointer).unwrap()["headers"].as_object().unwrap().keys().cloned().collect()
    };
    let add = "/paths/~1v1~1cart~1items/post/responses";
    assert_eq!(
        names(&format!("{add}/201")),
        ["Idempotent-Replayed", "Location", "RateLimit", "RateLimit-Policy", "X-Request-Id"]
    );
    assert_eq!(names(&format!("{add}/409")), ["Idempotent-Replayed", "Retry-After", "X-Request-Id"]);
    assert_eq!(names(&format!("{add}/401")), ["WWW-Authenticate", "X-Request-Id"]);
    for header in names("/paths/~1v1~1orders~1{id}/get/responses/200") {
        assert!(document.value()["components"]["headers"].get(&header).is_some(), "{header}");
    }
}

#[test]
fn given_the_gateways_own_errors_when_made_then_each_is_a_problem_of_the_catalogue_with_the_request_id() {
    let gateway = document().gateway();
    let responses = gateway["x-amazon-apigateway-gateway-responses"].as_object().unwrap();
    for kind in ["DEFAULT_4XX", "DEFAULT_5XX", "REQUEST_TOO_LARGE", "INTEGRATION_TIMEOUT", "THROTTLED", "WAF_FILTERED"]
    {
        assert!(responses.contains_key(kind), "{kind}");
    }
    for (kind, response) in responses {
        let body: Value =
            serde_json::from_str(response["responseTemplates"]["application/json"].as_str().unwrap()).unwrap();
        let code = crate::code::ALL.iter().find(|code| body["code"] == code.name).unwrap();
        assert_eq!((body["status"].as_u64(), &body["type"]), (Some(code.status.into()), &json!(code.uri())), "{kind}");
        assert_eq!(
            (&body["requestId"], &response["statusCode"]),
            (&json!("$context.requestId"), &json!(code.status.to_string()))
        );
        let headers = &response["responseParameters"];
        assert_eq!(headers["gatewayresponse.header.content-type"], "'application/problem+json'");
        let waits = headers.get("gatewayresponse.header.retry-after").is_some();
        assert_eq!(waits, [429, 503].contains(&code.status), "{kind}");
        for value in headers.as_object().unwrap().values() {
            let text = value.as_str().unwrap();
            let literal = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            assert!(literal.is_some_and(|text| !text.contains('\'')) || text.starts_with("context."), "{kind}: {text}");
        }
    }
}

#[test]
fn given_a_caller_when_merged_then_security_follows() {
    let document = document();
    let security = |pointer: &str| document.value().pointer(pointer).unwrap()["security"].clone();
    assert_eq!(security("/paths/~1v1~1cart~1items/post"), json!([{"bearer": []}, {"cartToken": []}, {}]));
    assert_eq!(security("/paths/~1v1~1orders~1{id}/get"), json!([{"bearer": []}]));
    assert_eq!(security("/paths/~1v1~1products/get"), json!([]));
}

#[test]
fn given_parts_that_contradict_when_merged_then_it_is_said() {
    let merge = |parts: Vec<OpenApi_>| Document::of(parts).unwrap_err();
    assert_eq!(merge(vec![Callerless::openapi()]), ContractError::Callerless("GET /v1/nobody".to_owned()));
    assert_eq!(
        merge(vec![Orders::openapi(), Orders::openapi()]),
        ContractError::Twice("GET /v1/orders/{id}".to_owned())
    );
    let renamed = merge(vec![Orders::openapi(), OtherName::openapi()]);
    assert_eq!(renamed, ContractError::Parameter("/v1/orders/{orderId}/lines".to_owned()));
}

type OpenApi_ = utoipa::openapi::OpenApi;

#[test]
fn given_a_document_when_written_and_read_then_it_is_the_same_in_any_order_of_parts() {
    let other = Document::of([Orders::openapi(), Carts::openapi()]).unwrap();
    assert_eq!(document().json(), other.json());
    assert_eq!(Document::parse(&document().json()).unwrap(), document());
    assert!(document().json().ends_with("}\n"));
}

#[test]
fn given_the_routes_when_the_gateway_is_made_then_each_calls_its_function_and_all_else_the_edge() {
    let body = document().gateway();
    assert_eq!(body["openapi"], "3.0.1");
    let paths: Vec<&String> = body["paths"].as_object().unwrap().keys().collect();
    let expected =
        ["/", "/v1", "/v1/cart", "/v1/cart/items", "/v1/orders", "/v1/orders/{id}", "/v1/products", "/{proxy+}"];
    assert_eq!(paths, expected);
    let get = &body["paths"]["/v1/orders/{id}"]["get"];
    let uri = get["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"].as_str().unwrap();
    assert!(uri.ends_with(":function:${Stage}-orders-show-order/invocations"), "{uri}");
    assert_eq!(
        get["parameters"],
        json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}])
    );
    for path in expected {
        let any = body["paths"][path]["x-amazon-apigateway-any-method"].to_string();
        assert!(any.contains("${Stage}-edge-not-found/invocations"), "{path}");
    }
    assert_eq!(body["paths"]["/{proxy+}"]["x-amazon-apigateway-any-method"]["parameters"][0]["name"], "proxy");
}

#[test]
fn given_the_routes_when_the_watch_router_is_made_then_every_method_has_a_function() {
    let toml = document().watch_router();
    assert!(toml.starts_with("[workspace.metadata.lambda.watch.router]\n"));
    let order = toml.split("\"/v1/orders/{id}\" = [\n").nth(1).unwrap().split("]\n").next().unwrap();
    assert!(order.contains("{ method = \"GET\", function = \"orders-show-order\" },"));
    assert!(order.contains("{ method = \"POST\", function = \"edge-not-found\" },"));
    assert!(toml.ends_with("\"/\" = \"edge-not-found\"\n\"/{*proxy}\" = \"edge-not-found\"\n"));
}
