//! `PATCH /v1/products/{id}`

use rialto_http::{Caller, Fault, IfMatch, Problem, Request, Response, SellerOrOperator};
use rialto_kernel::{ProductId, SellerId};

use super::show_product::{ProductView, answer};
use crate::{
    domain::edit::{Edit, EditError},
    store::{Edited, Shown, Store},
};

/// Changes what a product says of itself, the prices of its variants, or whether it is for sale. What is left out stays.
///
/// It is written into the product's history. A row that a later upload repeats unchanged does not undo it. A row that says
/// something new sets title, text, brand, category, price, picture and attributes as its file has them, and takes away those it leaves
/// out; only tags stay when its file has no column for them.
#[utoipa::path(
    patch, path = "/v1/products/{id}", operation_id = "catalog-change-product", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(
        ("id" = ProductId, Path, description = "The product."),
        ("If-Match" = String, Header, description = "The `ETag` of the product's preview, or of the last change's answer."),
    ),
    request_body = Edit,
    responses((status = 200, description = "The product afterwards.", body = ProductView)),
)]
pub async fn change_product(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    let (id, if_match, now) = (request.path_id("id")?, request.required_if_match()?, request.now());
    let edit: Edit = request.json()?;
    let judged = |shown: &Shown, edited: Result<Edited, EditError>| judge(shown, &if_match, |_| Ok(edited?));
    let shown = store.apply_edit(owner(&caller), id, &author(&caller), now, &edit, judged).await?;
    answer(&shown, false)
}

/// What an edit makes of the product, if it is the one that the caller saw.
pub(super) fn judge(
    shown: &Shown,
    if_match: &IfMatch,
    edit: impl FnOnce(&Shown) -> Result<Edited, Problem>,
) -> Result<Edited, Problem> {
    if_match.admit(shown.product.version)?;
    edit(shown)
}

/// Whose products the caller may touch; an operator anyone's.
pub(super) fn owner(caller: &SellerOrOperator) -> Option<SellerId> {
    match caller {
        SellerOrOperator::Seller(seller) => Some(seller.seller_id),
        SellerOrOperator::Operator(_) => None,
    }
}

/// Who is written down: a seller is a business, an operator a person of ours.
pub(super) fn author(caller: &SellerOrOperator) -> String {
    match caller {
        SellerOrOperator::Seller(seller) => seller.seller_id.to_string(),
        SellerOrOperator::Operator(operator) => operator.user_id.to_string(),
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        Self::invalid(error.pointer, Fault::NotAllowed, error.message)
    }
}

#[cfg(test)]
#[path = "change_product_tests.rs"]
mod tests;
