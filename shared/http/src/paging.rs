//! Which page of a list.

use rialto_kernel::{Cursor, CursorError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::Limit;

/// Which page, as the query says.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    pub limit: Limit,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of a list that its cursors know by name: one of another list, or of the same with other filters, is refused.
#[derive(Debug)]
pub struct List {
    name: String,
    /// How many a page.
    pub limit: usize,
    cursor: Option<String>,
}

impl Paging {
    /// The page of the list of this name, such as `GET /v1/orders status=CONFIRMED`.
    pub fn of(self, name: impl Into<String>) -> List {
        List { name: name.into(), limit: self.limit.get().into(), cursor: self.cursor }
    }
}

impl List {
    /// Behind which position the page starts.
    ///
    /// # Errors
    /// When the cursor is none of this list's.
    pub fn after<P: DeserializeOwned>(&self) -> Result<Option<P>, CursorError> {
        self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &self.name)).transpose()
    }

    /// The cursor of the page that starts behind this position.
    ///
    /// # Errors
    /// When the position cannot be written.
    pub fn next<P: Serialize>(&self, position: Option<P>) -> Result<Option<String>, CursorError> {
        position.map(|position| Cursor::encode(&self.name, &position)).transpose()
    }
}
