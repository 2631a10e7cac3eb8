//! `GET /v1/openapi.json`

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rialto_http::{Anyone, Caller, Problem, Request, Response, StatusCode, header};
use sha2::{Digest, Sha256};

const MEDIA_TYPE: &str = "application/json";
const CACHE: &str = "public, max-age=300";

/// A document and its entity tag.
#[derive(Debug, Clone)]
pub struct Contract {
    document: &'static str,
    tag: String,
}

impl Contract {
    /// The tag is a hash of the document: it changes when the document does, whatever was deployed.
    #[must_use]
    pub fn of(document: &'static str) -> Self {
        Self { document, tag: format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(document))) }
    }

    /// Whether `If-None-Match` names this version; compared weakly, as RFC 9110 has it.
    fn is_among(&self, tags: &str) -> bool {
        tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.tag)
    }
}

/// The contract of all routes (OpenAPI 3.1).
#[utoipa::path(
    get, path = "/v1/openapi.json", operation_id = "edge-show-openapi", tag = "edge",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(("If-None-Match" = Option<String>, Header, description = "`ETag` of the version at hand.")),
    responses(
        (status = 200, description = "The document", body = Object),
        (status = 304, description = "The version at hand is the current one"),
    ),
)]
pub async fn show_openapi(contract: &Contract, _: Anyone, request: Request) -> Result<Response, Problem> {
    let known = request.header("if-none-match").is_some_and(|tags| contract.is_among(tags));
    let response = if known {
        Response::new(StatusCode::NOT_MODIFIED, MEDIA_TYPE, Vec::new())
    } else {
        Response::new(StatusCode::OK, MEDIA_TYPE, contract.document.as_bytes().to_vec())
    };
    Ok(response.header(header::ETAG, &contract.tag).cache(CACHE))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;

    use super::*;

    async fn shown(document: &'static str, known: Option<&str>) -> Response {
        let get = request("GET", "/v1/openapi.json");
        let get = known.map_or(get.clone(), |tag| get.header("if-none-match", tag));
        show_openapi(&Contract::of(document), Anyone, get.build()).await.unwrap()
    }

    #[tokio::test]
    async fn given_the_current_tag_when_asked_again_then_304_without_a_body() {
        let first = shown(crate::CONTRACT, None).await;
        assert_eq!((first.status(), first.body()), (StatusCode::OK, crate::CONTRACT.as_bytes()));
        let tag = first.headers()[header::ETAG].to_str().unwrap();
        for known in [tag, &format!("W/{tag}"), &format!("\"other\", {tag}"), "*"] {
            let again = shown(crate::CONTRACT, Some(known)).await;
            assert_eq!((again.status(), again.body()), (StatusCode::NOT_MODIFIED, [].as_slice()), "{known}");
        }
    }

    #[tokio::test]
    async fn given_another_document_when_asked_with_the_old_tag_then_200() {
        let old = shown("{}", None).await;
        let new = shown("{ }", Some(old.headers()[header::ETAG].to_str().unwrap())).await;
        assert_eq!(new.status(), StatusCode::OK);
    }
}
