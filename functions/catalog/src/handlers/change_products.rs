//! `POST /v1/products/changes`

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use rialto_http::{
    Caller, Fault, Problem, ProblemBody, Request, Response, SellerOrOperator, code, idempotency, respond,
};
use rialto_kernel::{ProductId, SellerId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::change_product::{author, owner};
use crate::{
    Error,
    domain::edit::{Edit, EditError},
    store::{Edited, Shown, Store},
};

/// The most products of one request.
const PRODUCTS: usize = 100;
/// How many are written at the same time.
const AT_ONCE: usize = 8;
/// Shorter than the function may run, so that whoever is told to ask again can do so at once.
const TIME: Duration = Duration::from_secs(8);

/// Changes of products.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ProductEdits {
    /// One a product.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<EditOfProduct>,
}

/// The change of one product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditOfProduct {
    product_id: ProductId,
    /// The product's version that the change is meant for; absent for whatever it is by now.
    version: Option<u64>,
    edit: Edit,
}

/// What became of the changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditedProducts {
    /// One a change, in their order.
    items: Vec<EditedProduct>,
}

/// What became of the change of one product.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditedProduct {
    product_id: ProductId,
    status: EditStatus,
    /// The product's version by now; absent where there is no such product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4)]
    version: Option<u64>,
    /// Why it was refused: what `PATCH /v1/products/{id}` would answer, with pointers into this change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemBody>)]
    problem: Option<Value>,
}

/// Whether the product was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditStatus {
    /// It was.
    Changed,
    /// It says so already, whatever its version: also where an earlier try of the same request changed it.
    Unchanged,
    /// It was not; the problem says why.
    Refused,
}

/// Changes up to 100 products. Each is changed, or refused, by itself, and written into its own history.
///
/// A body that is no list of edits of different products is refused as a whole. A request that is answered 503 has done part
/// of its work: sent again, with the same key or another, it finds that done and does the rest.
#[utoipa::path(
    post, path = "/v1/products/changes", operation_id = "catalog-change-products", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(idempotency::Required),
    request_body = ProductEdits,
    responses((status = 200, description = "What became of each change.", body = EditedProducts)),
)]
pub async fn change_products(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    let ProductEdits { items } = request.json()?;
    check(&items)?;
    let (owner, author) = (owner(&caller), author(&caller));
    let bulk = &Bulk { store, owner, author, request: &request };
    idempotency::perform(store.table(), &request, &caller, (), async |()| {
        respond::ok(&EditedProducts { items: bulk.all(&items, TIME).await? })
    })
    .await
}

fn check(items: &[EditOfProduct]) -> Result<(), Problem> {
    if items.is_empty() || items.len() > PRODUCTS {
        return Err(Problem::invalid("/items", Fault::OutOfRange, format!("must have 1 to {PRODUCTS} changes")));
    }
    let mut seen = HashSet::new();
    match items.iter().position(|item| !seen.insert(item.product_id)) {
        None => Ok(()),
        Some(nth) => {
            let pointer = format!("/items/{nth}/productId");
            Err(Problem::invalid(pointer, Fault::Duplicate, "is there before: write one change a product"))
        }
    }
}

struct Bulk<'a> {
    store: &'a Store,
    owner: Option<SellerId>,
    author: String,
    request: &'a Request,
}

/// Why a product is not written.
enum Kept {
    Unchanged { version: u64 },
    Refused { version: Option<u64>, problem: Problem },
}

impl From<Error> for Kept {
    fn from(error: Error) -> Self {
        Self::Refused { version: None, problem: error.into() }
    }
}

impl Bulk<'_> {
    async fn all(&self, items: &[EditOfProduct], time: Duration) -> Result<Vec<EditedProduct>, Problem> {
        let changed = stream::iter(items).map(|item| self.change(item)).buffered(AT_ONCE).try_collect();
        timeout(time, changed).await.map_err(|_| Problem::unavailable("the changes took too long"))?
    }

    /// Fails only where nobody can say what is to become of the change.
    async fn change(&self, item: &EditOfProduct) -> Result<EditedProduct, Problem> {
        let EditOfProduct { product_id, version, ref edit } = *item;
        let judge = |shown: &Shown, edited| judge(shown.product.version, version, edited);
        let now = self.request.now();
        let outcome = self.store.apply_edit(self.owner, product_id, &self.author, now, edit, judge).await;
        let (status, version, problem) = match outcome {
            Ok(shown) => (EditStatus::Changed, Some(shown.product.version), None),
            Err(Kept::Unchanged { version }) => (EditStatus::Unchanged, Some(version), None),
            Err(Kept::Refused { problem, .. }) if problem.is_ours() => return Err(problem),
            Err(Kept::Refused { version, problem }) => {
                let instance = format!("/v1/products/{product_id}");
                (EditStatus::Refused, version, Some(problem.document(&instance, self.request.id())))
            }
        };
        Ok(EditedProduct { product_id, status, version, problem })
    }
}

/// An edit that changes nothing is as good as done, at whatever version: else a repeat would not end as the request that died.
fn judge(version: u64, wanted: Option<u64>, edited: Result<Edited, EditError>) -> Result<Edited, Kept> {
    let refused = |problem| Kept::Refused { version: Some(version), problem };
    match edited {
        Ok((_, fields)) if fields.is_empty() => Err(Kept::Unchanged { version }),
        _ if wanted.is_some_and(|wanted| wanted != version) => {
            let message = format!("the product is at version {version}: read it again");
            Err(refused(Problem::of(code::PRECONDITION_FAILED).error("/version", Fault::NotAllowed, message)))
        }
        Ok(edited) => Ok(edited),
        Err(EditError { pointer, message }) => {
            Err(refused(Problem::invalid(format!("/edit{pointer}"), Fault::NotAllowed, message)))
        }
    }
}

#[cfg(test)]
#[path = "change_products_tests.rs"]
mod tests;
