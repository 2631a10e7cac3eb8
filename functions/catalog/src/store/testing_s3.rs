//! S3 in memory, behind the SDK's own client, for tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use rialto_dynamo::Table;
use rialto_lambda::Context;

use super::testing_sdk::sdk;

/// The buckets, each object by `<bucket>/<key>`, and `?versionId=<version>` where it has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct S3(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    objects: BTreeMap<String, Object>,
    calls: usize,
    dies: Option<Death>,
}

/// An object with the headers that it is served with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) headers: BTreeMap<String, String>,
}

/// The call from which on nothing is answered, and whether that one still had its effect.
#[derive(Debug, Clone, Copy)]
struct Death {
    at: usize,
    applied: bool,
}

impl S3 {
    /// A function of the catalogue over this and a table. Its settings are this thread's.
    pub(crate) fn context(&self, table: &Table) -> Context {
        let settings = [("UPLOADS_BUCKET", "uploads"), ("IMAGES_BUCKET", "images")];
        rialto_lambda::testing::settings(settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let sdk = sdk("s3.test", self.clone());
        Context::simulated("catalog", sdk, Arc::new([("CATALOG_TABLE".to_owned(), table.clone())].into()))
    }

    pub(crate) fn put(&self, place: &str, bytes: Vec<u8>) {
        self.inner().objects.insert(place.to_owned(), Object { bytes, headers: BTreeMap::new() });
    }

    pub(crate) fn objects(&self) -> BTreeMap<String, Object> {
        self.inner().objects.clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.inner().calls
    }

    /// The caller is killed at its `at`th call from now, the first being 1, before it has its effect or after.
    pub(crate) fn die(&self, at: usize, applied: bool) {
        let mut inner = self.inner();
        let at = inner.calls + at;
        inner.dies = Some(Death { at, applied });
    }

    /// The next caller lives.
    pub(crate) fn live(&self) {
        self.inner().dies = None;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

impl Inner {
    fn answer(&mut self, request: &HttpRequest) -> (u16, Option<Object>) {
        let (path, query) = request.uri().split_once('?').unwrap_or((request.uri(), ""));
        let path = path.strip_prefix("http://s3.test/").unwrap();
        let version = query.split('&').find(|pair| pair.starts_with("versionId="));
        let place = version.map_or_else(|| path.to_owned(), |version| format!("{path}?{version}"));
        match request.method() {
            "GET" => match self.objects.get(&place) {
                Some(object) => (200, Some(object.clone())),
                None => (404, None),
            },
            "DELETE" => {
                self.objects.remove(&place);
                (204, None)
            }
            "PUT" => {
                let headers = ["content-type", "cache-control"].into_iter();
                let headers =
                    headers.filter_map(|name| Some((name.to_owned(), request.headers().get(name)?.to_owned())));
                let bytes = request.body().bytes().unwrap().to_vec();
                self.objects.insert(place, Object { bytes, headers: headers.collect() });
                (200, None)
            }
            other => panic!("{other} {path}"),
        }
    }
}

impl HttpConnector for S3 {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut inner = self.inner();
        inner.calls += 1;
        let death = inner.dies.filter(|death| inner.calls >= death.at);
        if death.is_some_and(|death| inner.calls > death.at || !death.applied) {
            return HttpConnectorFuture::ready(Err(killed()));
        }
        let (status, object) = inner.answer(&request);
        if death.is_some() {
            return HttpConnectorFuture::ready(Err(killed()));
        }
        let missing = "<Error><Code>NoSuchVersion</Code></Error>";
        let body = match object {
            Some(object) => SdkBody::from(object.bytes),
            None if status == 404 => SdkBody::from(missing),
            None => SdkBody::empty(),
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(status).unwrap(), body)))
    }
}

fn killed() -> ConnectorError {
    ConnectorError::io("killed".into())
}
