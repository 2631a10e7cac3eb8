//! The rules of a cart. Nothing here does I/O, reads a clock or draws randomness.

mod cart;
mod change;
mod offer;
mod owner;
mod reference;
#[cfg(test)]
pub(crate) mod samples;
mod view;

pub use cart::{Cart, Frozen, Line, MOST_LINES};
pub use change::{Change, Wanted};
pub use offer::{Availability, Offer, OfferStatus, winner};
pub use owner::{GUEST_LIFE, GuestToken, Owner, SHOPPER_LIFE, TokenError};
pub use reference::{LineReference, Sku, SkuError};
pub use view::{CartView, ItemView, Notice, NoticeCode};
