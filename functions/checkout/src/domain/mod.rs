//! The rules of a checkout, pure.

mod outcome;
mod pricing;
mod session;

pub use outcome::{Failure, Outcome};
pub use pricing::{
    Basket, Discount, Percent, Priced, PricingError, Rate, Scope, ShippingOption, ShippingTable, Tariff, TaxRate,
    TaxRates, TaxRule, TaxTable, Zone, allocate, price,
};
pub use session::{Decision, Phase, Quote, Refusal, Session, Unfit, Wish};
