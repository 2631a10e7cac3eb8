//! `GET /v1/sessions`

use rialto_http::{Caller, Paging, Problem, Request, Response, Shopper, respond};
use rialto_kernel::{SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::Devices;
use crate::Error;
use crate::domain::{Name, Session};

const LIST: &str = "GET /v1/sessions";

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
    params(Paging),
    responses((status = 200, description = "A page of sessions", body = SessionPage)),
)]
pub async fn list_sessions(state: &Devices, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let list = request.query::<Paging>()?.of(LIST);
    let owner = state.users.find(caller.user_id).await?.ok_or(Error::SessionEnded)?;
    let page = state.sessions.list(&owner, request.now(), list.limit, list.after()?).await?;
    let next_cursor = list.next(page.next)?;
    let items = page.items.into_iter().map(|session| SessionView::of(session, caller.session_id)).collect();
    respond::ok(&SessionPage { items, next_cursor })
}
