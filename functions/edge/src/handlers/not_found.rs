//! Whatever no other function answers.

use rialto_http::{Anyone, Problem, Request, Response, code, header};

use crate::domain::Routes;

/// 404, or 405 with `Allow` where the path has other methods. Not part of the contract, which lists what there is.
///
/// # Errors
/// Always.
pub async fn not_found(routes: &Routes, _: Anyone, request: Request) -> Result<Response, Problem> {
    let methods = routes.methods(request.path()).filter(|methods| !methods.contains(request.method().as_str()));
    let Some(methods) = methods else { return Err(Problem::not_found()) };
    let allow: Vec<&str> = methods.iter().map(String::as_str).collect();
    Err(Problem::of(code::METHOD_NOT_ALLOWED).header(header::ALLOW, &allow.join(", ")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::Code;
    use rialto_http::testing::request;

    use super::*;

    async fn refused(method: &str, path: &str) -> Problem {
        let contract = r#"{"openapi": "3.1.0", "paths": {"/v1/cart": {"get": {}, "delete": {}, "patch": {}}}}"#;
        not_found(&Routes::of(contract).unwrap(), Anyone, request(method, path).build()).await.unwrap_err()
    }

    async fn code_of(method: &str, path: &str) -> Code {
        refused(method, path).await.code()
    }

    #[tokio::test]
    async fn given_a_known_path_with_another_method_then_405_and_allow_lists_its_methods() {
        let problem = refused("PUT", "/v1/cart").await;
        assert_eq!(problem.code(), code::METHOD_NOT_ALLOWED);
        assert!(format!("{problem:?}").contains(r#""allow": "DELETE, GET, PATCH""#), "{problem:?}");
        assert_eq!(code_of("HEAD", "/v1/cart").await, code::METHOD_NOT_ALLOWED);
    }

    #[tokio::test]
    async fn given_an_unknown_path_then_404() {
        assert_eq!(code_of("GET", "/v1/carts").await, code::NOT_FOUND);
        assert_eq!(code_of("POST", "/").await, code::NOT_FOUND);
        assert_eq!(code_of("GET", "/v1/cart").await, code::NOT_FOUND, "a route that reached us is not deployed");
    }
}
