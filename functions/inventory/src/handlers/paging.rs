//! What the lists share: which page of whose list.

use rialto_dynamo::Position;
use rialto_http::{Limit, Problem, SellerOrOperator, code};
use rialto_kernel::{Cursor, SellerId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::whose;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// Which page of whose list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct SellersPaging {
    /// Whose list: an operator has to say, a seller sees only their own.
    seller_id: Option<SellerId>,
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A list as its cursors know it.
pub(super) struct List {
    name: String,
    pub(super) limit: usize,
    cursor: Option<String>,
}

impl Paging {
    pub(super) fn of(self, name: impl Into<String>) -> List {
        List { name: name.into(), limit: self.limit.get().into(), cursor: self.cursor }
    }
}

impl SellersPaging {
    /// The seller whose list it is.
    pub(super) fn of(self, name: &str, caller: &SellerOrOperator) -> Result<(SellerId, List), Problem> {
        let seller = match (whose::confined(caller), self.seller_id) {
            (Some(own), None) => own,
            (Some(own), Some(asked)) if own == asked => own,
            (Some(_), Some(_)) => return Err(Problem::not_found()),
            (None, Some(asked)) => asked,
            (None, None) => {
                return Err(Problem::of(code::INVALID_QUERY).detail("sellerId: an operator says whose list"));
            }
        };
        let name = format!("{name} seller={seller}");
        Ok((seller, List { name, limit: self.limit.get().into(), cursor: self.cursor }))
    }
}

impl List {
    pub(super) fn after(&self) -> Result<Option<Position>, Problem> {
        Ok(self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &self.name)).transpose()?)
    }

    pub(super) fn next(&self, position: Option<Position>) -> Result<Option<String>, Problem> {
        Ok(position.map(|position| Cursor::encode(&self.name, &position)).transpose()?)
    }
}
