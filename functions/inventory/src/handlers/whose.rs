//! Which offer a request means, and whether the caller may touch it.

use rialto_http::{Fault, Problem, SellerOrOperator};
use rialto_kernel::{OfferId, SellerId};

use crate::store::{Inventory, Offer};

/// The seller to whose things the caller is confined; `None` for an operator.
pub(super) fn confined(caller: &SellerOrOperator) -> Option<SellerId> {
    match caller {
        SellerOrOperator::Seller(seller) => Some(seller.seller_id),
        SellerOrOperator::Operator(_) => None,
    }
}

/// The offer of a body that names either `offerId` or `sku`, in the object `at`.
pub(super) async fn named_in_body(
    inventory: &Inventory,
    caller: &SellerOrOperator,
    at: &str,
    offer_id: Option<OfferId>,
    sku: Option<&str>,
) -> Result<Offer, Problem> {
    match (offer_id, sku) {
        (Some(offer), None) => Ok(inventory.offer(confined(caller), offer).await?),
        (None, Some(sku)) => named_by_sku(inventory, caller, sku).await,
        (None, None) => {
            Err(Problem::invalid(format!("{at}/offerId"), Fault::Required, "name the offer by offerId or sku"))
        }
        (Some(_), Some(_)) => {
            Err(Problem::invalid(format!("{at}/sku"), Fault::NotAllowed, "name the offer by offerId or sku, not both"))
        }
    }
}

/// The offer of a path: an offer id, or else a SKU.
pub(super) async fn named_in_path(
    inventory: &Inventory,
    caller: &SellerOrOperator,
    id: &str,
) -> Result<Offer, Problem> {
    match id.parse() {
        Ok(offer) => Ok(inventory.offer(confined(caller), offer).await?),
        Err(_) => named_by_sku(inventory, caller, id).await,
    }
}

async fn named_by_sku(inventory: &Inventory, caller: &SellerOrOperator, sku: &str) -> Result<Offer, Problem> {
    // Longer than any SKU, and than a key may be.
    if sku.is_empty() || sku.len() > 500 {
        return Err(Problem::not_found());
    }
    Ok(inventory.offer_by_sku(confined(caller), sku).await?)
}
