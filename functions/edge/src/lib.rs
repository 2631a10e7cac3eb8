//! What belongs to no service: the answer to unknown routes, and the contract of all routes.
//!
//! Owns no table and hears no events. It keeps no personal data: nothing is to export or to erase. (As in every function, the
//! callers' addresses are in a sandbox's memory for the minute that limits look back.) Its one input is the committed
//! `openapi.json`, generated from all services and built into its functions.
//!
//! | Function | Route |
//! |---|---|
//! | `edge-not-found` | whatever no other function answers: 404, or 405 with `Allow` where the path has other methods |
//! | `edge-show-openapi` | `GET /v1/openapi.json` |
//! | `edge-show-docs` | `GET /v1/docs`: the contract as a page, by Swagger UI, which is built in |

pub mod domain;
pub mod handlers;

/// The contract of all routes, as committed.
pub const CONTRACT: &str = include_str!("../../../openapi.json");

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(paths(
        handlers::show_docs::show_docs,
        handlers::show_docs::show_docs_file,
        handlers::show_openapi::show_openapi,
    ))]
    struct Routes;
    Routes::openapi()
}
