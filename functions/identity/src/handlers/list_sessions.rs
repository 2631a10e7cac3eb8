//! `GET /v1/sessions`

use rialto_http::{Caller, Limit, Problem, Request, Response, Shopper, respond};
use rialto_kernel::{Cursor, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Devices;
use crate::Error;
use crate::domain::{Name, Session};

const LIST: &str = "GET /v1/sessions";

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SessionPaging {
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A session as its person sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// The session.
    id: SessionId,
    /// What the person called the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Name>,
    /// When they logged in.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last refreshed.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionPage {
    /// Newest first.
    items: Vec<SessionView>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl SessionView {
    fn of(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            device: session.device,
            created_at: session.created_at,
            last_used_at: session.refreshed_at,
            current: session.id == current,
        }
    }
}

/// The person's sessions that have not ended, newest first.
#[utoipa::path(
    get, path = "/v1/sessions", operation_id = "identity-list-sessions", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(SessionPaging),
    responses((status = 200, description = "A page of sessions", body = SessionPage)),
)]
pub async fn list_sessions(state: &Devices, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let paging: SessionPaging = request.query()?;
    let after = paging.cursor.map(|cursor| Cursor::decode(&cursor, LIST)).transpose()?;
    let owner = state.users.find(caller.user_id).await?.ok_or(Error::SessionEnded)?;
    let page = state.sessions.list(&owner, request.now(), paging.limit.get().into(), after).await?;
    let next_cursor = page.next.map(|position| Cursor::encode(LIST, &position)).transpose()?;
    let items = page.items.into_iter().map(|session| SessionView::of(session, caller.session_id)).collect();
    respond::ok(&SessionPage { items, next_cursor })
}
