//! What belongs to no service: the answer to unknown routes, and the contract of all routes.
//!
//! Owns no table and hears no events; it keeps no personal data. Its one input is the committed `openapi.json`, generated
//! from all services and built into both functions.
//!
//! | Function | Route |
//! |---|---|
//! | `edge-not-found` | whatever no other function answers: 404, or 405 with `Allow` where the path has other methods |
//! | `edge-show-openapi` | `GET /v1/openapi.json` |

pub mod domain;
pub mod handlers;

/// The contract of all routes, as committed.
pub const CONTRACT: &str = include_str!("../../../openapi.json");

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(paths(handlers::show_openapi::show_openapi))]
    struct Routes;
    Routes::openapi()
}
