//! `DELETE /v1/sessions/{id}`

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use rialto_kernel::SessionId;
use rialto_lambda::{Context, InitError};

use crate::store::{Sessions, Users};

/// What looking after sessions needs: the accounts and the sessions.
#[derive(Debug)]
pub struct Devices {
    pub(super) users: Users,
    pub(super) sessions: Sessions,
}

impl Devices {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { users: Users::of(context)?, sessions: Sessions::of(context)? })
    }
}

/// Logs a person out: on the device of a session, on this one (`current`), or everywhere (`all`).
///
/// Its refresh token is worth nothing from then on; access tokens live out their 15 minutes. A session that is not there
/// is ended already: 204.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", operation_id = "identity-end-session", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("id" = String, Path, description = "A session's id, `current` or `all`", example = "current")),
    responses((status = 204, description = "Ended")),
)]
pub async fn end_session(state: &Devices, caller: Shopper, request: Request) -> Result<Response, Problem> {
    match request.path_text("id")? {
        "all" => state.sessions.end_all(caller.user_id).await?,
        "current" => state.sessions.end(caller.user_id, caller.session_id).await?,
        _ => state.sessions.end(caller.user_id, request.path_id::<SessionId>("id")?).await?,
    }
    tracing::info!(user.id = %caller.user_id, "user logged out");
    Ok(respond::no_content())
}
