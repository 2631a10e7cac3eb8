//! Everything the carts service keeps, in one table without an index.
//!
//! | Item | `pk` | `sk` | Lives |
//! |---|---|---|---|
//! | cart | `CART#<cartId>` | `CART` | 7 d (guest) or 90 d (shopper) from its last change |
//! | end of a checkout | `ORDER#<orderId>` | `CLOSED` | 7 d |
//! | an adding that is done | `ADD#<eventId>` | `ADDED` | 25 h |
//! | idempotency key | `IDEM#<hash>` | `IDEM` | 24 h; see `rialto_http::idempotency` |
//! | offer | `OFFER#<offerId>` | `OFFER` | for ever |
//! | offers of a product | `PRODUCT#<productId>` | `OFFERS` | for ever |
//! | offers under a sku | `SKU#<sku>` | `OFFERS` | for ever |
//!
//! A cart of 5 lines is 1 KB, of 40 lines 7 KB; an offer about 0.5 KB. Reads are in units of 4 KB, writes of 1 KB.
//!
//! | Access | Operations | Units, 5 lines |
//! |---|---|---|
//! | show a cart | get cart (strong); batch-get its offers | 1 + 2.5 read |
//! | change a cart | batch-get cart and what the request names (strong); batch-get offers not yet read; transaction of the cart | 2 + 2.5 read, 2 write |
//! | add under an idempotency key | the same, with the note of the adding in the batch and in the transaction | 3 + 2.5 read, 4 write |
//! | freeze | batch-get cart and end (strong); transaction of the cart with a check of the end | 2 read, 4 write |
//! | thaw, clear what was bought | put the end; get cart (strong); transaction of the cart | 1 read, 3 write |
//! | erase a person | delete the cart unless a checkout holds it | 1 write |
//! | a product changed | get its offers (strong); for a new offer append under its sku; update each offer; put its offers | 1 read, 2 write, 1 a new offer |
//! | an availability changed | update the offer | 1 write |
//!
//! A product and a sku lead to their offers by items that hold ids, not by an index: the ids come with the cart in one
//! batch, so that an add is three operations however the offer is named. Which sku an offer has never changes (the
//! offer's id is derived from it), so the item of a sku only grows.
//!
//! A cart is written whole under a condition on its version. It goes through a transaction even when it is alone in it,
//! because the transaction's token makes the resending of a lost request harmless: an add must not count twice. Under an
//! idempotency key the note of the adding is written with the cart, so that not even a request that died and is taken up
//! again adds twice.

mod carts;
#[cfg(test)]
mod guarded_tests;
mod offers;
mod rows;

use rialto_dynamo::{Key, Table};
use rialto_kernel::{CartId, EventId, OfferId, OrderId, ProductId};

pub use carts::Opened;

use crate::domain::Sku;

/// The carts table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table,
}

impl Store {
    /// The store on this table.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table itself, for idempotency keys.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }
}

fn cart_key(cart: CartId) -> Key {
    Key::new(format!("CART#{cart}"), "CART")
}

fn closed_key(order: OrderId) -> Key {
    Key::new(format!("ORDER#{order}"), "CLOSED")
}

fn added_key(adding: EventId) -> Key {
    Key::new(format!("ADD#{adding}"), "ADDED")
}

fn offer_key(offer: OfferId) -> Key {
    Key::new(format!("OFFER#{offer}"), "OFFER")
}

fn product_key(product: ProductId) -> Key {
    Key::new(format!("PRODUCT#{product}"), "OFFERS")
}

fn sku_key(sku: &Sku) -> Key {
    Key::new(format!("SKU#{sku}"), "OFFERS")
}
