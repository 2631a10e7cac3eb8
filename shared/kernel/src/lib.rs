//! The words every service shares: money, quantities, ids, addresses and cursors.
//!
//! Nothing here does I/O, reads a clock or knows AWS. A value that exists is valid: each type checks
//! what it holds when it is made and when it is deserialised; an address, whose rules change, when it comes in.

mod address;
mod bill;
mod cursor;
mod id;
mod money;
mod quantity;

pub use address::{Address, AddressError, AddressFault, AddressInput, Destination};
pub use bill::{LineCharges, OrderLine, Totals};
pub use cursor::{Cursor, CursorError};
pub use id::{
    AddressId, CartId, CartItemId, CategoryId, ErasureId, EventId, ExportId, IdError, ImageId, ImportId, MovementId,
    OfferId, OrderId, PaymentId, PaymentMethodId, ProductId, RefundId, ReservationId, SearchId, SellerId, SessionId,
    StocktakeId, TransferId, UserId, VariantId, WarehouseId,
};
pub use jiff::{SignedDuration, Timestamp};
pub use money::{Currency, Money, MoneyError};
pub use quantity::{Quantity, QuantityError};
