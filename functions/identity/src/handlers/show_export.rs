//! `GET /v1/me/exports/{id}`

use std::time::Duration;

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use rialto_kernel::ExportId;
use rialto_lambda::{Context, InitError};
use rialto_person::Archives;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Error;
use crate::store::{Export, ExportState, Exports};

const LINK_LIVES: Duration = Duration::from_secs(15 * 60);

/// What showing an export needs.
#[derive(Debug)]
pub struct ShowExport {
    exports: Exports,
    archives: Archives,
}

impl ShowExport {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { exports: Exports::of(context)?, archives: Archives::new(context)? })
    }
}

/// An export, with a link once it is ready.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportView {
    /// The export.
    #[serde(flatten)]
    export: Export,
    /// Answers the archive for 15 minutes, to whoever has it; asked again there is a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    url: Option<String>,
}

/// How far an export of the person has come; when it is ready, a link to the archive.
#[utoipa::path(
    get, path = "/v1/me/exports/{id}", operation_id = "identity-show-export", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("id" = ExportId, Path, description = "The export")),
    responses((status = 200, description = "The export", body = ExportView)),
)]
pub async fn show_export(state: &ShowExport, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let export = state.exports.find(caller.user_id, request.path_id("id")?).await?;
    let export = export.filter(|export| export.expires_at > request.now()).ok_or_else(Problem::not_found)?;
    let url = match export.state {
        ExportState::Pending => None,
        ExportState::Ready => Some(state.archives.link(export.id, LINK_LIVES).await.map_err(Error::from)?),
    };
    respond::ok(&ExportView { export, url })
}
