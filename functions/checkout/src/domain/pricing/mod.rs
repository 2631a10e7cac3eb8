//! What an order costs: `total = subtotal - discount + shipping + tax`, and each part's share of each line.
//!
//! 1. A line's value is unit price times quantity; the subtotal is their sum.
//! 2. Discounts of lines, then those of the order, by what is left of the lines' value. Nothing falls below zero.
//! 3. Shipping by zone, weight and option, by the lines' discounted value.
//! 4. Tax a line, on its discounted value and, where the rule says so, on its share of the shipping.
//!
//! All is in the currency's minor units, so currencies without decimals need no rule of their own. What is split is split
//! by [`allocate`], ties by the offer's id, so the order of the lines does not matter.

mod allocation;
mod shipping;
mod tariff;
mod tax;

pub use allocation::allocate;
pub use shipping::{Rate, ShippingOption, ShippingTable, Zone};
pub use tariff::Tariff;
pub use tax::{Percent, TaxRate, TaxRates, TaxRule, TaxTable};

use rialto_kernel::{Currency, Destination, LineCharges, Money, MoneyError, OfferId, OrderLine, Totals};
use thiserror::Error;

/// Why lines have no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PricingError {
    /// Nothing to buy.
    #[error("there are no lines")]
    Empty,
    /// Lines or discounts in more than one currency.
    #[error("the lines are in more than one currency")]
    MixedCurrencies,
    /// More than an amount can hold.
    #[error("the total is too large")]
    TooLarge,
    /// A price or discount below zero: a fault of whoever quoted it.
    #[error("an amount is negative")]
    Negative,
    /// The shipping option is not offered there in this currency.
    #[error("it is not sent there so")]
    NotShipped,
}

impl From<MoneyError> for PricingError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch => Self::MixedCurrencies,
            _ => Self::TooLarge,
        }
    }
}

/// What is taken off, and where. More than its scope is worth takes off all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discount {
    /// Off what.
    pub scope: Scope,
    /// How much.
    pub amount: Money,
}

/// What a discount is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The lines of one offer.
    Line(OfferId),
    /// All lines.
    Order,
}

/// What is to be priced.
#[derive(Debug, Clone, Copy)]
pub struct Basket<'a> {
    /// What is bought.
    pub lines: &'a [OrderLine],
    /// What is taken off.
    pub discounts: &'a [Discount],
    /// Where it goes; without it there is neither shipping nor tax yet.
    pub to: Option<&'a Destination>,
    /// How it is sent.
    pub option: ShippingOption,
}

/// The same lines with their charges, and the sums of those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// In the order of the basket.
    pub lines: Vec<OrderLine>,
    /// Over all lines.
    pub totals: Totals,
}

/// A line on the way to its price, in minor units.
#[derive(Debug, Clone, Copy)]
struct Share {
    offer_id: OfferId,
    value: u64,
    left: u64,
    shipping: u64,
    tax: TaxRate,
    tax_amount: u64,
}

/// Prices a basket.
///
/// # Errors
/// See [`PricingError`].
pub fn price(basket: Basket<'_>, shipping: &ShippingTable, taxes: &impl TaxRates) -> Result<Priced, PricingError> {
    let currency = basket.lines.first().ok_or(PricingError::Empty)?.unit_price.currency();
    let mut shares = basket.lines.iter().map(|line| share(line, currency)).collect::<Result<Vec<_>, _>>()?;
    take_off(&mut shares, basket.discounts, currency)?;
    if let Some(to) = basket.to {
        send(&mut shares, basket, to, currency, shipping)?;
        for (share, line) in shares.iter_mut().zip(basket.lines) {
            share.tax = taxes.rate(to, line.tax_category.as_deref());
            let on_shipping = if share.tax.on_shipping { share.shipping } else { 0 };
            share.tax_amount = share.tax.of(share.left.checked_add(on_shipping).ok_or(PricingError::TooLarge)?);
        }
    }
    let charges = shares.iter().map(|share| share.charges(currency)).collect::<Result<Vec<_>, _>>()?;
    let sum = |part: fn(&LineCharges) -> Money| Money::sum(currency, charges.iter().map(part));
    let totals = Totals {
        subtotal: sum_of(currency, shares.iter().map(|share| share.value))?,
        discount: sum(|line| line.discount)?,
        shipping: sum(|line| line.shipping)?,
        tax: sum(|line| line.tax)?,
        tax_included: Some(sum(|line| line.tax_included)?),
        total: sum(|line| line.total)?,
    };
    let lines = basket.lines.iter().cloned().zip(charges);
    Ok(Priced { lines: lines.map(|(line, of)| OrderLine { charges: Some(of), ..line }).collect(), totals })
}

fn share(line: &OrderLine, currency: Currency) -> Result<Share, PricingError> {
    let value = minor(line.unit_price.checked_mul(line.quantity)?, currency)?;
    let (tax, offer_id) = (TaxRate::default(), line.offer_id);
    Ok(Share { offer_id, value, left: value, shipping: 0, tax, tax_amount: 0 })
}

fn take_off(shares: &mut [Share], discounts: &[Discount], currency: Currency) -> Result<(), PricingError> {
    let (lines, order): (Vec<Discount>, Vec<Discount>) =
        discounts.iter().copied().partition(|discount| discount.scope != Scope::Order);
    for discount in lines.into_iter().chain(order) {
        let within = |share: &Share| match discount.scope {
            Scope::Line(offer) => share.offer_id == offer,
            Scope::Order => true,
        };
        let parts: Vec<_> =
            shares.iter().map(|share| (if within(share) { share.left } else { 0 }, share.offer_id)).collect();
        let worth = parts.iter().try_fold(0_u64, |sum, (part, _)| sum.checked_add(*part));
        let off = minor(discount.amount, currency)?.min(worth.ok_or(PricingError::TooLarge)?);
        for (share, part) in shares.iter_mut().zip(allocate(off, &parts)) {
            share.left = share.left.saturating_sub(part);
        }
    }
    Ok(())
}

fn send(
    shares: &mut [Share],
    basket: Basket<'_>,
    to: &Destination,
    currency: Currency,
    table: &ShippingTable,
) -> Result<(), PricingError> {
    let too_large = PricingError::TooLarge;
    let weight = |line: &OrderLine| {
        let unit = u64::from(line.weight_grams.unwrap_or(table.assumed_grams));
        unit.saturating_mul(u64::from(line.quantity.get()))
    };
    let grams = basket.lines.iter().fold(0_u64, |sum, line| sum.saturating_add(weight(line)));
    let goods = shares.iter().try_fold(0_u64, |sum, share| sum.checked_add(share.left)).ok_or(too_large)?;
    let charge = table.charge(&to.country, basket.option, currency, goods, grams).ok_or(PricingError::NotShipped)?;
    let parts: Vec<_> = shares.iter().map(|share| (share.left, share.offer_id)).collect();
    for (share, part) in shares.iter_mut().zip(allocate(charge, &parts)) {
        share.shipping = part;
    }
    Ok(())
}

impl Share {
    fn charges(&self, currency: Currency) -> Result<LineCharges, PricingError> {
        let on_top = if self.tax.included { 0 } else { self.tax_amount };
        Ok(LineCharges {
            discount: money(self.value.saturating_sub(self.left), currency)?,
            shipping: money(self.shipping, currency)?,
            tax: money(on_top, currency)?,
            tax_included: money(self.tax_amount.saturating_sub(on_top), currency)?,
            total: sum_of(currency, [self.left, self.shipping, on_top])?,
        })
    }
}

fn sum_of(currency: Currency, parts: impl IntoIterator<Item = u64>) -> Result<Money, PricingError> {
    let sum = parts.into_iter().try_fold(0_u64, u64::checked_add).ok_or(PricingError::TooLarge)?;
    money(sum, currency)
}

fn minor(money: Money, currency: Currency) -> Result<u64, PricingError> {
    if money.currency() != currency {
        return Err(PricingError::MixedCurrencies);
    }
    u64::try_from(money.amount()).map_err(|_| PricingError::Negative)
}

fn money(amount: u64, currency: Currency) -> Result<Money, PricingError> {
    i64::try_from(amount).map(|amount| Money::new(amount, currency)).map_err(|_| PricingError::TooLarge)
}

#[cfg(test)]
mod tests;
