//! A proxy before DynamoDB Local that fails writes the way AWS does under load. DynamoDB Local never does.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use std::{collections::HashMap, thread};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::Shop;

const VARIABLE: &str = "AWS_ENDPOINT_URL_DYNAMODB";

#[derive(Debug)]
struct Faults {
    target: String,
    percent: AtomicU64,
    seen: AtomicU64,
    injected: AtomicUsize,
    http: reqwest::Client,
}

/// Functions whose database is behind the proxy, until [`FaultyDynamo::end`].
#[derive(Debug)]
pub struct FaultyDynamo {
    faults: Arc<Faults>,
    functions: Vec<String>,
}

impl FaultyDynamo {
    /// Puts the proxy before these functions. It fails nothing yet, and lives as long as the test process.
    ///
    /// # Panics
    /// When a function cannot be configured.
    pub async fn before(shop: &Shop, functions: &[&str]) -> Self {
        let faults = Arc::new(Faults {
            target: shop.stack.dynamodb.clone(),
            percent: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            injected: AtomicUsize::new(0),
            http: reqwest::Client::new(),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket of ours");
        let address = format!("http://{}", listener.local_addr().expect("a bound socket"));
        let state = Arc::clone(&faults);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
                axum::serve(listener, Router::new().fallback(pass).with_state(state)).await
            })
        });
        let functions: Vec<_> = functions.iter().map(|bin| shop.stack.name(bin)).collect();
        for function in &functions {
            point(shop, function, Some(&address)).await;
        }
        Self { faults, functions }
    }

    /// How many of a hundred writes fail from now on.
    pub fn fail_percent(&self, percent: u64) {
        self.faults.percent.store(percent, Ordering::SeqCst);
    }

    /// Takes the proxy away again and says how many writes it failed.
    pub async fn end(self, shop: &Shop) -> usize {
        self.fail_percent(0);
        for function in &self.functions {
            point(shop, function, None).await;
        }
        self.faults.injected.load(Ordering::SeqCst)
    }
}

/// Points a function at another database address, or back at its own.
async fn point(shop: &Shop, function: &str, address: Option<&str>) {
    let configuration = shop.lambda.get_function_configuration().function_name(function).send().await;
    let configuration = configuration.unwrap_or_else(|error| panic!("{function}: {error:?}"));
    let mut variables: HashMap<_, _> =
        configuration.environment().and_then(|environment| environment.variables()).cloned().unwrap_or_default();
    match address {
        Some(address) => variables.insert(VARIABLE.into(), address.into()),
        None => variables.remove(VARIABLE),
    };
    let environment = aws_sdk_lambda::types::Environment::builder().set_variables(Some(variables)).build();
    let update = shop.lambda.update_function_configuration().function_name(function).environment(environment);
    update.send().await.unwrap_or_else(|error| panic!("{function}: {error:?}"));
}

async fn pass(State(faults): State<Arc<Faults>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let writes = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&operation);
    if writes {
        // A stride that visits every residue: faults are spread evenly and the run is the same each time.
        let turn = faults.seen.fetch_add(1, Ordering::SeqCst).wrapping_mul(37) % 100;
        if turn < faults.percent.load(Ordering::SeqCst) {
            faults.injected.fetch_add(1, Ordering::SeqCst);
            return refusal(operation, &body, turn.is_multiple_of(2));
        }
    }
    let mut request = faults.http.post(&faults.target).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
        request = request.header(name, value);
    }
    match request.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), answer.headers().clone());
            (status, headers, answer.bytes().await.unwrap_or_default()).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

fn refusal(operation: &str, body: &[u8], throttled: bool) -> Response {
    let error = |kind: &str| format!("com.amazonaws.dynamodb.v20120810#{kind}");
    let answer = if operation == "TransactWriteItems" {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let writes = request["TransactItems"].as_array().map_or(1, Vec::len);
        let code = if throttled { "ThrottlingError" } else { "TransactionConflict" };
        // The last write is the culprit, so that whoever looks only at the first reason is caught.
        let reasons: Vec<_> = (1..=writes)
            .map(|n| if n == writes { json!({"Code": code, "Message": "injected"}) } else { json!({"Code": "None"}) })
            .collect();
        json!({"__type": error("TransactionCanceledException"), "message": "injected", "CancellationReasons": reasons})
    } else if throttled {
        json!({"__type": error("ProvisionedThroughputExceededException"), "message": "injected"})
    } else {
        json!({"__type": error("TransactionConflictException"), "message": "injected"})
    };
    let kind = [("content-type", "application/x-amz-json-1.0")];
    (StatusCode::BAD_REQUEST, kind, answer.to_string()).into_response()
}
