//! Steps of a person's export and erasure.

use rialto_kernel::UserId;
use rialto_lambda::{Context, InitError};
use rialto_person::{Archives, ErasePerson, Erased, ExportPerson};
use serde::Serialize;

use crate::{
    CartError,
    domain::{Line, Owner},
    store::Store,
};

/// What the export needs.
#[derive(Debug)]
pub struct ExportCart {
    store: Store,
    archives: Archives,
}

impl ExportCart {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { store: Store::new(context.table("CARTS_TABLE")?), archives: Archives::new(context)? })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    cart_id: rialto_kernel::CartId,
    lines: Vec<Line>,
}

/// Puts the person's cart into the export.
///
/// # Errors
/// When table or bucket fail.
pub async fn export_person(state: &ExportCart, input: ExportPerson) -> Result<(), CartError> {
    let cart = state.store.cart(cart_of(input.user_id), rialto_lambda::now()).await?;
    let part = Part { cart_id: cart.id, lines: cart.lines };
    state.archives.put_part(input.export_id, "carts", &part).await.map_err(|error| CartError::Data(error.into()))
}

/// Removes the person's cart, unless a checkout holds it: then it is left for the erasure's second pass.
///
/// # Errors
/// When the table fails.
pub async fn erase_person(store: &Store, input: ErasePerson) -> Result<Erased, CartError> {
    let removed = store.remove_cart(cart_of(input.user_id)).await?;
    Ok(input.erased(removed.into(), None))
}

fn cart_of(user: UserId) -> rialto_kernel::CartId {
    Owner::Shopper(user).cart_id()
}

#[cfg(test)]
mod tests {
    use rialto_dynamo::Table;
    use rialto_kernel::OrderId;

    use super::*;
    use crate::domain::{Cart, SHOPPER_LIFE};

    async fn kept(store: &Store, user: UserId, frozen: Option<OrderId>) {
        let mut cart = Cart::empty(cart_of(user));
        cart.version = 1;
        cart.frozen = frozen.map(|by| crate::domain::Frozen { by, version: 1 });
        assert!(store.save(&cart, 0, rialto_lambda::now() + SHOPPER_LIFE, []).await.unwrap());
    }

    #[tokio::test]
    async fn given_carts_when_a_person_is_erased_twice_then_theirs_is_gone_once_and_others_stay() {
        let store = Store::new(Table::in_memory("carts"));
        let (ada, eve, held) = (UserId::named(&["ada"]), UserId::named(&["eve"]), UserId::named(&["held"]));
        kept(&store, ada, None).await;
        kept(&store, eve, None).await;
        kept(&store, held, Some(OrderId::named(&["o"]))).await;
        let erase = |user_id| erase_person(&store, ErasePerson::of(user_id));
        assert_eq!((erase(ada).await.unwrap().rows, erase(ada).await.unwrap().rows), (1, 0));
        assert_eq!(erase(held).await.unwrap().rows, 0, "a checkout holds it");
        assert_eq!(rialto_dynamo::testing::items(store.table()).await.unwrap().len(), 2);
    }
}
