//! `GET /v1/docs` and `GET /v1/docs/{file}`

use rialto_http::{Anyone, Caller, Problem, Request, Response, StatusCode, header};

/// Swagger UI sets styles on elements and has images within its style sheet. It calls the API that it was loaded from.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CACHE: &str = "public, max-age=300";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The page's files: name, content type, content. Swagger UI is built in, so no other host is asked.
const FILES: [(&str, &str, &[u8]); 3] = [
    ("swagger-ui-bundle.js", JAVASCRIPT, include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js"))),
    ("swagger-ui.css", "text/css; charset=utf-8", include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css"))),
    ("start.js", JAVASCRIPT, include_bytes!("../../assets/start.js")),
];

/// The contract as a page, with which to try the routes.
#[utoipa::path(
    get, path = "/v1/docs", operation_id = "edge-show-docs", tag = "edge",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")),
)]
pub async fn show_docs(_: &(), _: Anyone, request: Request) -> Result<Response, Problem> {
    let Ok(name) = request.path_text("file") else {
        return Ok(page("text/html; charset=utf-8", include_bytes!("../../assets/docs.html")));
    };
    let file = FILES.iter().find(|(file, ..)| *file == name).ok_or_else(Problem::not_found)?;
    Ok(page(file.1, file.2))
}

/// A file of the docs page.
#[utoipa::path(
    get, path = "/v1/docs/{file}", operation_id = "edge-show-docs-file", tag = "edge",
    extensions(("x-rialto-caller" = json!(Anyone::NAME)), ("x-rialto-function" = json!("edge-show-docs"))),
    params(("file" = String, Path, description = "Its name.", max_length = 64, example = "start.js")),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/javascript"),
            (String = "text/css"),
        )),
    ),
)]
#[expect(dead_code, reason = "names the route for the contract; `show_docs` answers it")]
fn show_docs_file(_: &(), _: Anyone, _: Request) {}

fn page(content_type: &'static str, content: &[u8]) -> Response {
    Response::new(StatusCode::OK, content_type, content.to_vec())
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .cache(CACHE)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;

    use super::*;

    /// What a Lambda function may answer, in bytes.
    const LARGEST: usize = 6 * 1024 * 1024;

    async fn shown(file: Option<&str>) -> Result<Response, Problem> {
        let get = request("GET", "/v1/docs");
        show_docs(&(), Anyone, file.map_or(get.clone(), |file| get.path("file", file)).build()).await
    }

    #[tokio::test]
    async fn given_the_page_when_shown_then_all_that_it_loads_is_served_beside_it() {
        let page = shown(None).await.unwrap();
        let html = String::from_utf8(page.body().to_vec()).unwrap();
        let addresses = html.split(['"', '\'']).filter(|text| text.starts_with("docs/") || text.contains("//"));
        let names: Vec<_> = addresses.map(|address| address.strip_prefix("docs/").unwrap()).collect();
        assert_eq!(names.len(), FILES.len());
        for name in names {
            let file = shown(Some(name)).await.unwrap();
            assert!((100..LARGEST).contains(&file.body().len()), "{name}");
            assert!(std::str::from_utf8(file.body()).is_ok(), "{name} passes the gateway as text");
        }
        assert!(!html.contains("<script>") && !html.contains("style="), "nothing that the policy forbids");
        assert!(page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self';"));
        assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[tokio::test]
    async fn given_another_file_when_asked_for_then_404() {
        for name in ["../Cargo.toml", "index.html", "swagger-ui.css.map", "SWAGGER-UI.CSS"] {
            assert_eq!(shown(Some(name)).await.unwrap_err().status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
