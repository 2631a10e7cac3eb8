//! Which page of a list.

use rialto_http::Limit;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    pub(super) limit: Limit,
    /// `nextCursor` of the page before.
    pub(super) cursor: Option<String>,
}
