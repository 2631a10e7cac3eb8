//! Prefixed ids: `prd_` and 32 hexadecimal digits of a UUID.

use std::{fmt, str::FromStr};

use thiserror::Error;
use uuid::Uuid;

/// The namespace of ids derived from names. Changing it would give every imported product a second identity.
const NAMESPACE: Uuid = Uuid::from_u128(0x7269_616c_746f_4e61_6d65_7370_6163_6531);

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be \"{prefix}_\" followed by 32 lower-case hexadecimal digits")]
pub struct IdError {
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let error = IdError { prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(error.clone())?;
    let canonical = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !canonical {
        return Err(error);
    }
    Uuid::parse_str(digits).map_err(|_| error)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the id's text begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id (UUIDv7, so ids sort by the time they were drawn). Reads clock and randomness:
            /// call it in handlers, never in domain code.
            #[must_use]
            pub fn draw() -> Self {
                Self(rialto_chance::uuid())
            }

            /// The id that belongs to a name (UUIDv5): the same parts always give the same id, so a repeated
            /// or resumed write cannot make a second one. Parts are joined unambiguously.
            #[must_use]
            pub fn named(parts: &[&str]) -> Self {
                let name: String = parts.iter().map(|part| format!("{}:{part};", part.len())).collect();
                Self(Uuid::new_v5(&Uuid::new_v5(&NAMESPACE, $prefix.as_bytes()), name.as_bytes()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse($prefix, text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-f]{32}$")))
                    .examples([serde_json::json!(concat!($prefix, "_0190163d8694739b9f3a1c5d7e9b2f40"))])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": concat!("^", $prefix, "_[0-9a-f]{32}$") })
            }
        }
    )*};
}

ids! {
    /// A product: what a page shows, with its variants.
    ProductId "prd";
    /// A variant: what differs by size or colour.
    VariantId "var";
    /// An offer: one seller's variant at a price. Stock, cart lines and order lines are keyed by it.
    OfferId "off";
    /// A warehouse of a seller.
    WarehouseId "whs";
    /// A cart.
    CartId "crt";
    /// A line of a cart.
    CartItemId "itm";
    /// An order; also the name of its checkout run.
    OrderId "ord";
    /// A payment.
    PaymentId "pay";
    /// A refund of a payment, or of a part of it.
    RefundId "rfd";
    /// A reservation of stock for one order.
    ReservationId "rsv";
    /// A seller.
    SellerId "sel";
    /// A person with an account.
    UserId "usr";
    /// A stored postal address.
    AddressId "adr";
    /// A payment method that someone keeps.
    PaymentMethodId "pm";
    /// An export of a person's data.
    ExportId "exp";
    /// The erasure of a person's data.
    ErasureId "era";
    /// A catalogue import job.
    ImportId "imp";
    /// A picture of a product.
    ImageId "img";
    /// A category of the catalogue.
    CategoryId "cat";
    /// A movement in the stock ledger.
    MovementId "mov";
    /// A transfer of stock from one warehouse to another.
    TransferId "trf";
    /// A stocktake of a warehouse.
    StocktakeId "stk";
    /// A domain event.
    EventId "evt";
    /// A login session.
    SessionId "ses";
    /// An answer of the search.
    SearchId "sch";
}

impl CartId {
    /// The cart of a guest, by the secret token that the guest was given. The id does not lead back to the token.
    #[must_use]
    pub fn of_guest(token: &str) -> Self {
        Self::named(&["guest", token])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_drawn_id_when_printed_then_it_parses_back() {
        let id = ProductId::draw();
        assert_eq!(id.to_string().parse::<ProductId>().unwrap(), id);
        assert_eq!(serde_json::from_str::<ProductId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn given_another_kind_or_a_malformed_text_when_parsed_then_it_is_refused() {
        for text in ["", "prd_", "var_0190163d8694739b9f3a1c5d7e9b2f40", "prd_0190163d-8694-739b-9f3a-1c5d7e9b2f40"] {
            assert!(text.parse::<ProductId>().is_err(), "{text}");
        }
        assert!("prd_0190163D8694739B9F3A1C5D7E9B2F40".parse::<ProductId>().is_err(), "one spelling only");
    }

    #[test]
    fn given_the_same_name_when_derived_then_the_id_is_the_same_and_parts_do_not_run_together() {
        assert_eq!(OfferId::named(&["a", "b"]), OfferId::named(&["a", "b"]));
        assert_ne!(OfferId::named(&["ab", ""]), OfferId::named(&["a", "b"]));
        assert_ne!(OfferId::named(&["a"]).to_string()[4..], VariantId::named(&["a"]).to_string()[4..]);
    }
}
