//! Reads actions and resources off a signed AWS request.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// An IAM action, such as `dynamodb:PutItem`, and the resource it was used on.
type Call = (String, String);

/// The actions a request needs. More than one for transactions and batches; none when the request is not signed.
pub(crate) fn of(request: &HttpRequest) -> Vec<Call> {
    let Some(service) = signing_name(request) else { return Vec::new() };
    let target = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
    let body: Value = request.body().bytes().and_then(|json| serde_json::from_slice(json).ok()).unwrap_or_default();
    match (service, target) {
        ("dynamodb", Some(operation)) => dynamodb(operation, &body),
        ("events", Some("PutEvents")) => each(&body, "Entries")
            .map(|entry| ("events:PutEvents".to_owned(), last(text(entry, "EventBusName").unwrap_or("default"))))
            .collect(),
        // A task's token does not tell its workflow: who sends it notes that.
        ("states", Some("SendTaskSuccess")) => Vec::new(),
        (_, Some(operation)) => vec![(format!("{service}:{operation}"), named(&body))],
        ("s3", None) => vec![s3(request)],
        ("lambda", None) => vec![lambda(request)],
        ("ses", None) => vec![ses(request)],
        (_, None) => vec![(format!("{service}:{}", request.method()), path(request).to_owned())],
    }
}

/// `Credential=<key>/<date>/<region>/<service>/aws4_request` of the signature.
fn signing_name(request: &HttpRequest) -> Option<&str> {
    let (_, scope) = request.headers().get("authorization")?.split_once("Credential=")?;
    scope.split(',').next()?.rsplit('/').nth(1)
}

fn dynamodb(operation: &str, body: &Value) -> Vec<Call> {
    let action = |name: &str, table: &str| (format!("dynamodb:{name}"), format!("table/{}", last(table)));
    match operation {
        "TransactWriteItems" => each(body, "TransactItems")
            .filter_map(|write| {
                let (kind, write) = write.as_object()?.iter().next()?;
                let name =
                    if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
                Some(action(&name, text(write, "TableName")?))
            })
            .collect(),
        "TransactGetItems" => each(body, "TransactItems")
            .filter_map(|read| Some(action("GetItem", text(read.get("Get")?, "TableName")?)))
            .collect(),
        "BatchGetItem" | "BatchWriteItem" => body
            .get("RequestItems")
            .and_then(Value::as_object)
            .map(|tables| tables.keys().map(|table| action(operation, table)).collect())
            .unwrap_or_default(),
        _ => {
            let (name, mut resource) = action(operation, text(body, "TableName").unwrap_or_default());
            if let Some(index) = text(body, "IndexName") {
                resource = format!("{resource}/index/{index}");
            }
            vec![(name, resource)]
        }
    }
}

/// The one thing a JSON request is about.
fn named(body: &Value) -> String {
    const FIELDS: [&str; 11] = [
        "stateMachineArn",
        "executionArn",
        "SecretId",
        "Name",
        "QueueUrl",
        "QueueName",
        "KeyId",
        "TopicArn",
        "FunctionName",
        "ResourceArn",
        "Path",
    ];
    let found = FIELDS.iter().find_map(|field| Some((field, text(body, field)?)));
    match found {
        // A parameter or secret is named with slashes; everything else by the end of an ARN or address.
        Some((&("Name" | "SecretId" | "Path"), name)) if !name.starts_with("arn:") => name.to_owned(),
        Some((&"SecretId", arn)) => arn.rsplit(":secret:").next().unwrap_or(arn).to_owned(),
        // With its workflow, as grants name it.
        Some((&"executionArn", arn)) => arn.rsplit(":execution:").next().unwrap_or(arn).to_owned(),
        Some((_, name)) => last(name),
        None => "*".to_owned(),
    }
}

fn s3(request: &HttpRequest) -> Call {
    let (host, key) = (host(request), path(request).trim_start_matches('/'));
    let bucket_in_host = host.split_once(".s3").map(|(bucket, _)| bucket).filter(|bucket| !bucket.is_empty());
    let resource = match bucket_in_host {
        Some(bucket) => format!("{bucket}/{key}"),
        None => key.to_owned(),
    };
    let resource = percent_decode_str(resource.trim_end_matches('/')).decode_utf8_lossy().into_owned();
    let query = request.uri().split_once('?').map(|(_, query)| query).unwrap_or_default();
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let action = match request.method() {
        "GET" if has("list-type") => "ListBucket",
        "GET" | "HEAD" if has("versionId") => "GetObjectVersion",
        "GET" | "HEAD" => "GetObject",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "DELETE" if has("versionId") => "DeleteObjectVersion",
        "DELETE" => "DeleteObject",
        _ => "PutObject",
    };
    (format!("s3:{action}"), resource)
}

fn lambda(request: &HttpRequest) -> Call {
    let mut parts = path(request).split('/').skip_while(|part| *part != "functions").skip(1);
    let function = parts.next().unwrap_or_default();
    let action =
        if parts.next() == Some("invocations") { "InvokeFunction".to_owned() } else { request.method().to_owned() };
    (format!("lambda:{action}"), last(&percent_decode_str(function).decode_utf8_lossy()))
}

/// SES of the first version speaks the query protocol: a form as the body.
fn ses(request: &HttpRequest) -> Call {
    let form = request.body().bytes().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
    let field = |name: &str| {
        let pair = form.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
        percent_decode_str(pair.map_or("", |(_, value)| value)).decode_utf8_lossy().into_owned()
    };
    (format!("ses:{}", field("Action")), format!("identity/{}", field("Source")))
}

fn host(request: &HttpRequest) -> &str {
    let rest = request.uri().split_once("://").map_or(request.uri(), |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

fn path(request: &HttpRequest) -> &str {
    let rest = request.uri().split_once("://").map_or(request.uri(), |(_, rest)| rest);
    let path = rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("/");
    path.split('?').next().unwrap_or(path)
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

fn each<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

/// The name at the end of an ARN or address.
fn last(name: &str) -> String {
    name.rsplit([':', '/']).next().unwrap_or(name).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn request(service: &str, target: &str, method: &str, uri: &str, body: &str) -> HttpRequest {
        let mut request = HttpRequest::new(body.into());
        request.set_method(method).unwrap();
        request.set_uri(uri).unwrap();
        let signature =
            format!("AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host");
        request.headers_mut().insert("authorization", signature);
        if !target.is_empty() {
            request.headers_mut().insert("x-amz-target", target.to_owned());
        }
        request
    }

    fn json(service: &str, target: &str, body: &str) -> Vec<String> {
        joined(&request(service, target, "POST", "http://127.0.0.1:4566/", body))
    }

    fn joined(request: &HttpRequest) -> Vec<String> {
        of(request).into_iter().map(|(action, resource)| format!("{action} {resource}")).collect()
    }

    #[test]
    fn given_reads_and_writes_of_tables_when_read_off_then_actions_and_tables_are_known() {
        let call = |operation: &str, body: &str| json("dynamodb", &format!("DynamoDB_20120810.{operation}"), body);
        assert_eq!(call("GetItem", r#"{"TableName": "dev-carts"}"#), ["dynamodb:GetItem table/dev-carts"]);
        let arn = r#"{"TableName": "arn:aws:dynamodb:us-east-1:1:table/dev-carts", "IndexName": "gsi1"}"#;
        assert_eq!(call("Query", arn), ["dynamodb:Query table/dev-carts/index/gsi1"]);
        assert_eq!(call("BatchGetItem", r#"{"RequestItems": {"a": {}, "b": {}}}"#).len(), 2);
        let transaction = r#"{"TransactItems": [{"Put": {"TableName": "a"}}, {"Update": {"TableName": "a"}},
            {"Delete": {"TableName": "b"}}, {"ConditionCheck": {"TableName": "b"}}]}"#;
        let expected = [
            "dynamodb:PutItem table/a",
            "dynamodb:UpdateItem table/a",
            "dynamodb:DeleteItem table/b",
            "dynamodb:ConditionCheckItem table/b",
        ];
        assert_eq!(call("TransactWriteItems", transaction), expected);
    }

    #[test]
    fn given_calls_of_other_services_when_read_off_then_actions_and_names_are_known() {
        let start = r#"{"stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:dev-checkout", "name": "ord_1"}"#;
        assert_eq!(json("states", "AWSStepFunctions.StartExecution", start), ["states:StartExecution dev-checkout"]);
        let run = r#"{"executionArn": "arn:aws:states:us-east-1:1:execution:dev-checkout:ord_1"}"#;
        let described = json("states", "AWSStepFunctions.DescribeExecution", run);
        assert_eq!(described, ["states:DescribeExecution dev-checkout:ord_1"]);
        let events =
            r#"{"Entries": [{"EventBusName": "arn:aws:events:us-east-1:1:event-bus/dev-bus"}, {"Detail": "{}"}]}"#;
        assert_eq!(
            json("events", "AWSEvents.PutEvents", events),
            ["events:PutEvents dev-bus", "events:PutEvents default"]
        );
        let parameter = r#"{"Name": "/dev/identity/jwks", "Value": "secret"}"#;
        assert_eq!(json("ssm", "AmazonSSM.PutParameter", parameter), ["ssm:PutParameter /dev/identity/jwks"]);
        let secret = r#"{"SecretId": "arn:aws:secretsmanager:us-east-1:1:secret:dev/identity/signing-key-AbCdEf"}"#;
        let expected = ["secretsmanager:GetSecretValue dev/identity/signing-key-AbCdEf"];
        assert_eq!(json("secretsmanager", "secretsmanager.GetSecretValue", secret), expected);
        let queue = r#"{"QueueUrl": "http://127.0.0.1:4566/000000000000/dev-orders", "MessageBody": "x"}"#;
        assert_eq!(json("sqs", "AmazonSQS.SendMessage", queue), ["sqs:SendMessage dev-orders"]);
    }

    #[test]
    fn given_objects_and_functions_when_read_off_then_both_styles_of_address_are_known() {
        let s3 = |method: &str, uri: &str| joined(&request("s3", "", method, uri, ""));
        let local = "http://127.0.0.1:4566/dev-uploads-1/uploads/sel_1/a%20b.csv";
        assert_eq!(s3("GET", &format!("{local}?x-id=GetObject")), ["s3:GetObject dev-uploads-1/uploads/sel_1/a b.csv"]);
        assert_eq!(
            s3("HEAD", &format!("{local}?versionId=3")),
            ["s3:GetObjectVersion dev-uploads-1/uploads/sel_1/a b.csv"]
        );
        let aws = "https://dev-uploads-1.s3.us-east-1.amazonaws.com/reports/r.csv?x-id=PutObject";
        assert_eq!(s3("PUT", aws), ["s3:PutObject dev-uploads-1/reports/r.csv"]);
        assert_eq!(s3("DELETE", local), ["s3:DeleteObject dev-uploads-1/uploads/sel_1/a b.csv"]);
        assert_eq!(
            s3("DELETE", &format!("{local}?versionId=3")),
            ["s3:DeleteObjectVersion dev-uploads-1/uploads/sel_1/a b.csv"]
        );
        assert_eq!(s3("GET", "http://127.0.0.1:4566/dev-uploads-1/?list-type=2"), ["s3:ListBucket dev-uploads-1"]);
        let invoke = "http://127.0.0.1:4566/2015-03-31/functions/dev-carts-add-item/invocations";
        assert_eq!(joined(&request("lambda", "", "POST", invoke, "{}")), ["lambda:InvokeFunction dev-carts-add-item"]);
        let mail = "Action=SendEmail&Version=2010-12-01&Source=no-reply%40rialto.example&Message.Subject.Data=x";
        let mail = request("ses", "", "POST", "http://127.0.0.1:4566/", mail);
        assert_eq!(joined(&mail), ["ses:SendEmail identity/no-reply@rialto.example"]);
    }

    #[test]
    fn given_a_request_without_a_signature_when_read_off_then_there_is_no_call() {
        assert!(of(&HttpRequest::new("{}".into())).is_empty());
    }
}
