//! The shop as its people see it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Answer, Books, Guest, Seller, Shopper, Stack, secrets};

/// How long a read model may take to hear of something on a busy machine.
pub(crate) const PROJECTED: Duration = Duration::from_secs(150);
/// The password of everyone the tests register.
pub const PASSWORD: &str = "correct horse battery staple";

/// A connection to a deployed stack.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The stack.
    pub stack: Stack,
    pub(crate) config: aws_config::SdkConfig,
    pub(crate) http: reqwest::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sfn: aws_sdk_sfn::Client,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
}

/// A row of a seller's file.
#[derive(Debug, Clone)]
pub struct Product {
    /// The seller's own text for it.
    pub sku: String,
    /// Title.
    pub title: String,
    /// Price in major units of USD.
    pub price: String,
    /// On-hand stock.
    pub quantity: u32,
}

impl Product {
    /// A product whose SKU and title nobody else uses.
    #[must_use]
    pub fn unique(quantity: u32) -> Self {
        let tag = unique();
        Self { sku: format!("SKU-{tag}"), title: format!("Walnut desk lamp {tag}"), price: "49.90".into(), quantity }
    }
}

/// The products as a seller's CSV file.
#[must_use]
pub fn csv(products: &[Product]) -> String {
    let mut file = "sku,title,description,brand,category,price,currency,quantity\n".to_owned();
    for Product { sku, title, price, quantity } in products {
        file.push_str(&format!("{sku},{title},Warm light,Lumen,Home > Lighting,{price},USD,{quantity}\n"));
    }
    file
}

/// A text nobody else uses.
#[must_use]
pub(crate) fn unique() -> String {
    uuid::Uuid::now_v7().simple().to_string()[20..].to_owned()
}

/// Asks until there is an answer, at most `within`.
///
/// # Panics
/// When there is none in time; `what` says for what it waited.
pub async fn eventually<T, F>(what: &str, within: Duration, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let until = Instant::now() + within;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < until, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

impl Shop {
    /// Connects to the stack under test.
    pub async fn open() -> Self {
        let stack = Stack::from_env();
        let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .region("us-east-1")
            .credentials_provider(aws_sdk_s3::config::Credentials::new("test", "test", None, None, "tests"))
            .endpoint_url(&stack.gateway)
            .load()
            .await;
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&config).endpoint_url(&stack.dynamodb).build();
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Self {
            http: reqwest::Client::builder().timeout(Duration::from_secs(60)).build().expect("an HTTP client"),
            lambda: aws_sdk_lambda::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            sfn: aws_sdk_sfn::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            config,
            stack,
        }
    }

    /// What the services wrote down.
    #[must_use]
    pub fn books(&self) -> Books {
        Books::of(self)
    }

    /// A request without a token. `path` begins with `/v1`.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            secrets::keep(&self.stack, body);
            request = request.json(body);
        }
        let answer = Answer::read(request.send().await.expect("the gateway answers")).await;
        secrets::keep(&self.stack, &answer.body);
        answer
    }

    /// A request to finish as the test likes.
    ///
    /// # Panics
    /// When `method` is none.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().expect("a method"), format!("{}{path}", self.stack.base_url))
    }

    /// GET without a token.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    /// GET without a token, of which a redirect is the answer itself. The other requests follow it.
    ///
    /// # Panics
    /// When the gateway does not answer.
    pub async fn get_unfollowed(&self, path: &str) -> Answer {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let request = client.expect("an HTTP client").get(format!("{}{path}", self.stack.base_url));
        Answer::read(request.send().await.expect("the gateway answers")).await
    }

    /// A new shopper, logged in.
    pub async fn new_shopper(&self) -> Shopper {
        let email = format!("{}@example.com", unique());
        let account = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
        let user = self.send("POST", "/v1/users", &[], Some(&account)).await.expect(201);
        self.log_in(user.text("/id"), email).await
    }

    async fn log_in(&self, id: String, email: String) -> Shopper {
        let credentials = json!({"email": email, "password": PASSWORD});
        let session = self.send("POST", "/v1/sessions", &[], Some(&credentials)).await.expect(201);
        Shopper { shop: self.clone(), id, email, token: session.text("/accessToken") }
    }

    /// A new seller, logged in. The role comes by the operator's command, as it does for everyone.
    pub async fn new_seller(&self) -> Seller {
        let shopper = self.new_shopper().await;
        let granted = self
            .invoke(
                "identity-grant-role",
                &json!({"email": shopper.email, "role": "seller", "by": "a test", "unverified": true}),
            )
            .await;
        let id = granted["sellerId"].as_str().unwrap_or_else(|| panic!("no sellerId in {granted}")).to_owned();
        Seller { id, person: self.log_in(shopper.id, shopper.email).await }
    }

    /// A new operator, logged in. The role comes as a seller's does.
    pub async fn new_operator(&self) -> Shopper {
        let shopper = self.new_shopper().await;
        let grant = json!({"email": shopper.email, "role": "operator", "by": "a test", "unverified": true});
        self.invoke("identity-grant-role", &grant).await;
        self.log_in(shopper.id, shopper.email).await
    }

    /// The mails to an address, oldest first, as LocalStack keeps them.
    ///
    /// # Panics
    /// When they cannot be had.
    pub async fn mails(&self, to: &str) -> Vec<Value> {
        let answer =
            self.http.get(format!("{}/_aws/ses", self.stack.gateway)).send().await.expect("LocalStack answers");
        let kept: Value = answer.json().await.expect("the mails are JSON");
        let is_to =
            |mail: &&Value| mail["Destination"]["ToAddresses"].as_array().is_some_and(|all| all.contains(&json!(to)));
        kept["messages"].as_array().into_iter().flatten().filter(is_to).cloned().collect()
    }

    /// A guest without a cart yet.
    #[must_use]
    pub fn new_guest(&self) -> Guest {
        Guest { shop: self.clone(), token: None }
    }

    /// Invokes a function as an operator with AWS credentials does.
    ///
    /// # Panics
    /// When it fails.
    pub async fn invoke(&self, bin: &str, payload: &Value) -> Value {
        let payload = aws_sdk_lambda::primitives::Blob::new(payload.to_string());
        let answer = self.lambda.invoke().function_name(self.stack.name(bin)).payload(payload).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{bin}: {error:?}"));
        let body: Value =
            serde_json::from_slice(answer.payload().map_or(b"null", |blob| blob.as_ref())).unwrap_or_default();
        assert!(answer.function_error().is_none(), "{bin}: {body}");
        body
    }

    /// Waits until a search finds the product, and returns its hit.
    pub async fn found(&self, query: &str, sku: &str) -> Value {
        eventually(&format!("a search for {query:?} finds {sku}"), PROJECTED, async || {
            let answer = self.ask_search(query).await;
            if answer.status == 503 {
                return None; // a busy machine's index may take longer than a search waits
            }
            answer.expect(200).body["items"].as_array()?.iter().find(|item| item["sku"] == sku).cloned()
        })
        .await
    }

    /// Waits until a product's page says that it can be bought, and returns the page: its tag stays while nobody buys.
    pub async fn stocked_page(&self, path: &str) -> Answer {
        eventually(&format!("{path} can be bought"), PROJECTED, async || {
            let page = self.get(path).await.expect(200);
            (page.body["availability"]["status"] != "out_of_stock").then_some(page)
        })
        .await
    }

    /// Searches for a text.
    pub async fn search(&self, query: &str) -> Answer {
        self.ask_search(query).await.expect(200)
    }

    async fn ask_search(&self, query: &str) -> Answer {
        let request = self.request("GET", "/v1/search").query(&[("q", query)]);
        Answer::read(request.send().await.expect("the gateway answers")).await
    }

    /// Waits until the checkout of an order has ended, and returns its status in Step Functions.
    pub async fn checkout_ended(&self, order_id: &str) -> String {
        let arn = self.run_of(order_id);
        eventually(&format!("the checkout of {order_id} ends"), Duration::from_secs(120), async || {
            let run = self.sfn.describe_execution().execution_arn(&arn).send().await.ok()?;
            Some(run.status().as_str().to_owned()).filter(|status| status != "RUNNING")
        })
        .await
    }

    /// Stops the run of an order's checkout, as an operator with AWS credentials can.
    ///
    /// # Panics
    /// When it cannot be.
    pub async fn stop_checkout(&self, order_id: &str) {
        let arn = self.run_of(order_id);
        self.sfn.stop_execution().execution_arn(arn).send().await.expect("the run is stopped");
    }

    /// Stops every run of this shopper's checkouts.
    ///
    /// # Panics
    /// When the runs cannot be listed.
    pub async fn stop_checkouts_of(&self, shopper_id: &str) {
        for entry in self.books().under("checkout", &format!("SHOPPER#{shopper_id}")).await {
            let order_id = entry["orderId"].as_str().expect("an entry names its order");
            // One that has ended by now, or was not started yet, cannot be stopped.
            let _ = self.sfn.stop_execution().execution_arn(self.run_of(order_id)).send().await;
        }
    }

    /// Whether there ever was a run of this name.
    pub async fn has_checkout_run(&self, name: &str) -> bool {
        self.sfn.describe_execution().execution_arn(self.run_of(name)).send().await.is_ok()
    }

    /// The states that the run of an order's checkout entered, in order.
    ///
    /// # Panics
    /// When its history cannot be read.
    pub async fn checkout_path(&self, order_id: &str) -> Vec<String> {
        let history = self.sfn.get_execution_history().execution_arn(self.run_of(order_id)).max_results(1_000);
        let mut pages = history.into_paginator().items().send();
        let mut entered = Vec::new();
        while let Some(event) = pages.try_next().await.expect("the run's history") {
            entered.extend(event.state_entered_event_details.map(|details| details.name));
        }
        entered
    }

    fn run_of(&self, name: &str) -> String {
        let Stack { stage, account, .. } = &self.stack;
        format!("arn:aws:states:us-east-1:{account}:execution:{stage}-checkout:{name}")
    }

    /// The report of an import, fetched as its seller does.
    ///
    /// # Panics
    /// When there is none.
    pub async fn report(&self, import: &Value) -> String {
        let url = import["reportUrl"].as_str().unwrap_or_else(|| panic!("no report: {import}"));
        let answer = self.http.get(url).send().await.expect("the report's address answers");
        assert!(answer.status().is_success(), "{} for {url}", answer.status());
        answer.text().await.expect("the report is text")
    }

    /// The bytes behind a presigned address.
    ///
    /// # Panics
    /// When there are none.
    pub async fn download(&self, url: &str) -> Vec<u8> {
        let answer = self.http.get(url).send().await.expect("the address answers");
        assert!(answer.status().is_success(), "{} for a presigned address", answer.status());
        answer.bytes().await.expect("the object has bytes").to_vec()
    }

    /// The bytes behind a public address, and how long caches may keep them.
    ///
    /// # Panics
    /// When there are none.
    pub async fn load(&self, url: &str) -> (Vec<u8>, String) {
        let answer = self.http.get(url).send().await.expect("the address answers");
        assert!(answer.status().is_success(), "{} for {url}", answer.status());
        let cache = answer.headers().get("cache-control").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cache = cache.to_owned();
        (answer.bytes().await.expect("the object has bytes").to_vec(), cache)
    }

    /// Sends a file with a presigned form, as a browser does.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn post_form(&self, form: &Value, file: impl Into<Vec<u8>>) {
        let (status, told) = self.try_form(form, file).await;
        assert!((200..300).contains(&status), "{status}: {told}");
    }

    /// As [`Shop::post_form`]; the status and what is told.
    ///
    /// # Panics
    /// When it is no form.
    pub async fn try_form(&self, form: &Value, file: impl Into<Vec<u8>>) -> (u16, String) {
        let boundary = unique();
        let mut body = String::new();
        for (name, value) in form["fields"].as_object().expect("a form has fields") {
            let value = value.as_str().unwrap_or_default();
            body.push_str(&format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str(&format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
        ));
        let body = [body.into_bytes(), file.into(), format!("\r\n--{boundary}--\r\n").into_bytes()].concat();
        let url = form["url"].as_str().expect("a form has an address");
        let kind = format!("multipart/form-data; boundary={boundary}");
        let answer = self.http.post(url).header("content-type", kind).body(body).send().await.expect("S3 answers");
        (answer.status().as_u16(), answer.text().await.unwrap_or_default())
    }
}
