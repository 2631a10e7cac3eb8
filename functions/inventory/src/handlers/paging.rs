//! Which page of whose list.

use rialto_http::{Limit, List, Paging, Problem, SellerOrOperator, code};
use rialto_kernel::SellerId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::whose;

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
        let paging = Paging { limit: self.limit, cursor: self.cursor };
        Ok((seller, paging.of(format!("{name} seller={seller}"))))
    }
}
