//! The rules of a checkout, pure.

mod next_action;
mod outcome;
mod pricing;
mod recovery;
mod session;

pub use next_action::NextAction;
pub use outcome::{Failure, Outcome};
pub use pricing::{
    Basket, Discount, Percent, Priced, PricingError, Rate, Scope, ShippingOption, ShippingTable, Tariff, TaxRate,
    TaxRates, TaxRule, TaxTable, Zone, allocate, price,
};
pub use recovery::{Loss, MOST_RUNS, Recovery, RunState, recover};
pub use session::{Decision, Phase, Quote, Refusal, Session, Unfit, Wish};
