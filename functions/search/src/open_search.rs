//! The index in OpenSearch.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use opensearch::{
    auth::Credentials,
    http::{
        Method, Url,
        headers::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue},
        transport::{SingleNodeConnectionPool, Transport, TransportBuilder},
    },
};
use rialto_kernel::ProductId;
use rialto_lambda::{Context, InitError, env};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    breaker::Breaker,
    domain::{Document, Found, Suggested},
    index::{Index, IndexError},
};

/// A shopper waits no longer than this for a search.
const SEARCH_WITHIN: Duration = Duration::from_secs(2);
const WRITE_WITHIN: Duration = Duration::from_secs(15);
const LONGEST_REASON: usize = 500;

/// One client a cold start; clones share its connections.
#[derive(Debug, Clone)]
pub struct OpenSearch {
    transport: Transport,
    context: Option<Context>,
    breaker: Breaker,
}

impl OpenSearch {
    /// The client of `OPENSEARCH_URL`, which signs with the function's credentials when `OPENSEARCH_AUTH` is `aws`.
    ///
    /// # Errors
    /// When the address is missing or unusable.
    pub fn from_env(context: &Context) -> Result<Self, InitError> {
        const URL: &str = "OPENSEARCH_URL";
        let unusable = |name: &str, reason: String| InitError::Unusable { name: name.to_owned(), reason };
        let url = env(URL)?;
        let credentials = match env("OPENSEARCH_AUTH").as_deref() {
            Ok("aws") => Some(
                Credentials::try_from(context.sdk()).map_err(|error| unusable("OPENSEARCH_AUTH", error.to_string()))?,
            ),
            _ => None,
        };
        let client = Self::connect(&url, credentials).map_err(|error| unusable(URL, error.to_string()))?;
        Ok(Self { context: Some(context.clone()), ..client })
    }

    /// A client of the cluster at `url`.
    ///
    /// # Errors
    /// When the address is no URL.
    pub fn connect(url: &str, credentials: Option<Credentials>) -> Result<Self, IndexError> {
        let unusable = |error: &dyn std::fmt::Display| IndexError::Unavailable(error.to_string());
        let url = Url::parse(url).map_err(|error| unusable(&error))?;
        // Compressing costs both sides more than the few kilobytes are worth.
        let builder = TransportBuilder::new(SingleNodeConnectionPool::new(url))
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
            .disable_proxy();
        let builder = match credentials {
            Some(credentials) => builder.auth(credentials),
            None => builder,
        };
        Ok(Self {
            transport: builder.build().map_err(|error| unusable(&error))?,
            context: None,
            breaker: Breaker::default(),
        })
    }

    /// Searches the indexes behind `alias`. `affinity` keeps the pages of one search on one copy of the index, as copies
    /// score slightly differently. When `explained`, each product says what each named clause adds to its score.
    ///
    /// # Errors
    /// When the index cannot be reached, does not answer within 2 s, or only in part; at once when it was so of late.
    pub async fn find(&self, alias: &str, affinity: &str, body: &Value, explained: bool) -> Result<Found, IndexError> {
        let mut query = vec![("allow_partial_search_results", "false"), ("preference", affinity)];
        if explained {
            query.push(("include_named_queries_score", "true"));
        }
        let found: Found = self.search(alias, &query, body).await?;
        if found.is_partial() { Err(IndexError::Unavailable("it ran out of time".to_owned())) } else { Ok(found) }
    }

    /// Looks for what begins so in the indexes behind `alias`.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn suggest(&self, alias: &str, body: &Value) -> Result<Suggested, IndexError> {
        self.search(alias, &[], body).await
    }

    async fn search<T: DeserializeOwned>(
        &self,
        alias: &str,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<T, IndexError> {
        self.breaker.admit(Instant::now()).map_err(IndexError::Resting)?;
        let call = Call { method: Method::Post, path: &format!("{alias}/_search"), within: SEARCH_WITHIN };
        let answer = match self.send(&call, query, Some(body.to_string())).await {
            Err(IndexError::Refused { status: 404, reason }) => Err(IndexError::Unavailable(reason)),
            answer => answer,
        };
        self.breaker.note(!matches!(answer, Err(IndexError::Unavailable(_))), Instant::now());
        answer
    }

    /// The indexes behind an alias; none when there is no such alias.
    ///
    /// # Errors
    /// When the index cannot be reached.
    pub async fn behind(&self, alias: &str) -> Result<Vec<String>, IndexError> {
        let call = Call { method: Method::Get, path: &format!("_alias/{alias}"), within: WRITE_WITHIN };
        match self.send::<serde_json::Map<String, Value>>(&call, &[], None).await {
            Ok(indexes) => Ok(indexes.into_iter().map(|(name, _)| name).collect()),
            Err(IndexError::Refused { status: 404, .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Makes an index, unless it is there.
    ///
    /// # Errors
    /// When the index cannot be reached or refuses the definition.
    pub async fn make(&self, index: &str, definition: &str) -> Result<(), IndexError> {
        let call = Call { method: Method::Put, path: index, within: WRITE_WITHIN };
        match self.send::<Value>(&call, &[], Some(definition.to_owned())).await {
            Err(IndexError::Refused { reason, .. }) if reason.contains("resource_already_exists_exception") => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Deletes an index, if it is there.
    ///
    /// # Errors
    /// When the index cannot be reached.
    pub async fn delete(&self, index: &str) -> Result<(), IndexError> {
        let call = Call { method: Method::Delete, path: index, within: WRITE_WITHIN };
        match self.send::<Value>(&call, &[], None).await {
            Err(IndexError::Refused { status: 404, .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// How many documents an index has, the latest among them.
    ///
    /// # Errors
    /// When the index cannot be reached.
    pub async fn count(&self, index: &str) -> Result<u64, IndexError> {
        let refresh = Call { method: Method::Post, path: &format!("{index}/_refresh"), within: WRITE_WITHIN };
        self.send::<Value>(&refresh, &[], None).await?;
        let count = Call { method: Method::Post, path: &format!("{index}/_count"), within: WRITE_WITHIN };
        Ok(self.send::<CountAnswer>(&count, &[], None).await?.count)
    }

    /// The versions of those of the products that an index has, searchable or not yet.
    ///
    /// # Errors
    /// When the index cannot be reached.
    pub async fn versions(&self, index: &str, products: &[ProductId]) -> Result<BTreeMap<ProductId, u64>, IndexError> {
        if products.is_empty() {
            return Ok(BTreeMap::new());
        }
        let call = Call { method: Method::Post, path: &format!("{index}/_mget"), within: WRITE_WITHIN };
        let body = json!({"ids": products}).to_string();
        let answer: DocumentsAnswer = self.send(&call, &[("_source", "false")], Some(body)).await?;
        Ok(answer.docs.into_iter().filter_map(|found| Some((found.id, found.version?))).collect())
    }

    /// Lets the alias stand for the index, and no longer for the others, in one step.
    ///
    /// # Errors
    /// When the index cannot be reached, or an index has the alias's name.
    pub async fn point(&self, alias: &str, index: &str, instead_of: &[String]) -> Result<(), IndexError> {
        let call = Call { method: Method::Post, path: "_aliases", within: WRITE_WITHIN };
        let others = instead_of.iter().filter(|other| *other != index);
        let remove = others.map(|other| json!({"remove": {"index": other, "alias": alias}}));
        let add = json!({"add": {"index": index, "alias": alias}});
        let body = json!({"actions": remove.chain([add]).collect::<Vec<_>>()});
        self.send::<Value>(&call, &[], Some(body.to_string())).await.map(drop)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        query: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<T, IndexError> {
        let unavailable = |error: opensearch::Error| IndexError::Unavailable(causes(&error));
        self.note(call.method);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let sent = self.transport.send(call.method, call.path, headers, Some(query), body, Some(call.within)).await;
        let answer = sent.map_err(unavailable)?;
        let status = answer.status_code().as_u16();
        let text = answer.text().await.map_err(unavailable)?;
        match status {
            200..=299 => Ok(serde_json::from_str(&text)?),
            401 | 403 | 429 | 500.. => Err(IndexError::Unavailable(format!("{status} {}", shortened(&text)))),
            _ => Err(IndexError::Refused { status, reason: shortened(&text) }),
        }
    }

    /// The SDK does not see these calls.
    fn note(&self, method: Method) {
        let action = match method {
            Method::Get => "es:ESHttpGet",
            Method::Put => "es:ESHttpPut",
            Method::Post => "es:ESHttpPost",
            Method::Delete => "es:ESHttpDelete",
            Method::Head => "es:ESHttpHead",
        };
        if let Some(context) = &self.context {
            context.record(action, &format!("domain/{}-search/*", context.stage()));
        }
    }
}

struct Call<'a> {
    method: Method,
    path: &'a str,
    within: Duration,
}

#[derive(Deserialize)]
struct CountAnswer {
    count: u64,
}

#[derive(Deserialize)]
struct DocumentsAnswer {
    docs: Vec<VersionAnswer>,
}

/// Without a version, it is not there.
#[derive(Deserialize)]
struct VersionAnswer {
    #[serde(rename = "_id")]
    id: ProductId,
    #[serde(rename = "_version", default)]
    version: Option<u64>,
}

#[derive(Deserialize)]
struct BulkAnswer {
    items: Vec<BulkItem>,
}

#[derive(Deserialize)]
struct BulkItem {
    index: BulkOutcome,
}

#[derive(Deserialize)]
struct BulkOutcome {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_index")]
    index: String,
    status: u16,
    #[serde(default)]
    error: Value,
}

impl Index for OpenSearch {
    async fn write(&self, targets: &[String], documents: &[Document]) -> Result<BTreeSet<ProductId>, IndexError> {
        let call = Call { method: Method::Post, path: "_bulk", within: WRITE_WITHIN };
        let answer: BulkAnswer = self.send(&call, &[], Some(bulk(targets, documents)?)).await?;
        let refused = answer.items.iter().map(|item| &item.index).filter(|outcome| !outcome.is_done());
        let mut products = BTreeSet::new();
        for outcome in refused {
            tracing::error!(
                product.id = outcome.id,
                index.name = outcome.index,
                index.status = outcome.status,
                error.message = %outcome.error,
                "document not taken"
            );
            products.extend(outcome.id.parse::<ProductId>());
        }
        Ok(products)
    }
}

impl BulkOutcome {
    /// A conflict says that the index has this version or a later one.
    fn is_done(&self) -> bool {
        matches!(self.status, 200..=299 | 409)
    }
}

fn bulk(targets: &[String], documents: &[Document]) -> Result<String, IndexError> {
    let mut lines = String::new();
    for document in documents {
        let source = serde_json::to_string(document)?;
        for target in targets {
            let action = json!({"index": {"_index": target, "_id": document.product_id, "version": document.version,
                "version_type": "external"}});
            lines.push_str(&action.to_string());
            lines.push('\n');
            lines.push_str(&source);
            lines.push('\n');
        }
    }
    Ok(lines)
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_REASON).collect()
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
