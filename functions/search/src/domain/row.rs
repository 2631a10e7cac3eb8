//! What search has heard of a product, and when it believes what it hears.

use std::collections::BTreeMap;

use rialto_events::{
    Envelope, Event, MalformedEvent,
    types::{AvailabilityChanged, AvailabilityStatus, ProductChanged},
};
use rialto_kernel::{OfferId, ProductId, Timestamp};
use serde::{Deserialize, Serialize};

use super::behaviour::{Learnt, Signals};

/// Everything heard of one product. Each source is guarded by its own version, so the row ends the same in whatever
/// order and however often its news arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductRow {
    /// The product.
    pub product_id: ProductId,
    /// One more for each accepted update; the external version of the indexed document.
    pub version: u64,
    /// The catalogue's last word; absent while only its stock has been heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Heard<ProductChanged>>,
    /// The inventory's last word on each offer.
    #[serde(default)]
    pub availability: BTreeMap<OfferId, Heard<Availability>>,
    /// What was last learnt from its visitors, by the millisecond of it; absent while nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<Heard<Signals>>,
}

/// A source's last word, with the source's version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard<T> {
    /// The source's version.
    pub version: u64,
    /// What it said.
    pub said: T,
}

/// How much of an offer there is, by band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// The band.
    pub status: AvailabilityStatus,
    /// Units, when the band is `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

/// One event, as far as search cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The product it is about.
    pub product_id: ProductId,
    /// The version of its subject.
    pub version: u64,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    pub news: News,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The product as it is now.
    Product(Box<ProductChanged>),
    /// The stock of one of its offers as it is now.
    Availability(OfferId, Availability),
    /// What it earns by what its visitors do.
    Signals(Signals),
}

impl From<Learnt> for Update {
    fn from(learnt: Learnt) -> Self {
        let version = u64::try_from(learnt.learnt_at.as_millisecond()).unwrap_or_default();
        let Learnt { product_id, learnt_at, signals } = learnt;
        Self { product_id, version, time: learnt_at, news: News::Signals(signals) }
    }
}

impl Update {
    /// The update an event brings; `None` for a type of event that says nothing to search.
    ///
    /// # Errors
    /// When the event's data is not of its type.
    pub fn read(event: &Envelope) -> Result<Option<Self>, MalformedEvent> {
        let (product_id, news) = match event.event_type.as_str() {
            ProductChanged::TYPE => {
                let Some(product) = event.read::<ProductChanged>()? else { return Ok(None) };
                (product.product_id, News::Product(Box::new(product)))
            }
            AvailabilityChanged::TYPE => {
                let Some(change) = event.read::<AvailabilityChanged>()? else { return Ok(None) };
                let availability = Availability { status: change.status, available: change.available };
                (change.product_id, News::Availability(change.offer_id, availability))
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { product_id, version: event.version, time: event.time, news }))
    }
}

impl ProductRow {
    /// Nothing heard yet.
    #[must_use]
    pub fn unheard(product_id: ProductId) -> Self {
        Self { product_id, version: 0, product: None, availability: BTreeMap::new(), signals: None }
    }

    /// Takes the update in if it is later than what the same source said before; says whether it did.
    pub fn accept(&mut self, update: &Update) -> bool {
        let later = |heard: Option<u64>| heard.is_none_or(|version| version < update.version);
        match &update.news {
            News::Product(product) if later(self.product.as_ref().map(|heard| heard.version)) => {
                self.product = Some(Heard { version: update.version, said: product.as_ref().clone() });
            }
            News::Availability(offer, availability)
                if later(self.availability.get(offer).map(|heard| heard.version)) =>
            {
                self.availability.insert(*offer, Heard { version: update.version, said: *availability });
            }
            News::Signals(signals) if later(self.signals.as_ref().map(|heard| heard.version)) => {
                self.signals = Some(Heard { version: update.version, said: *signals });
            }
            News::Product(_) | News::Availability(..) | News::Signals(_) => return false,
        }
        self.version = self.version.saturating_add(1);
        true
    }

    /// Whether the update is the last word of its source.
    #[must_use]
    pub fn says(&self, update: &Update) -> bool {
        let heard = match &update.news {
            News::Product(_) => self.product.as_ref().map(|heard| heard.version),
            News::Availability(offer, _) => self.availability.get(offer).map(|heard| heard.version),
            News::Signals(_) => self.signals.as_ref().map(|heard| heard.version),
        };
        heard == Some(update.version)
    }

    /// What it earns by what its visitors do: nothing as long as nothing was learnt.
    #[must_use]
    pub fn signals(&self) -> Signals {
        self.signals.as_ref().map(|heard| heard.said).unwrap_or_default()
    }

    /// How much there is of an offer: none as long as inventory has not said otherwise.
    #[must_use]
    pub fn availability_of(&self, offer: OfferId) -> Availability {
        let nothing = Availability { status: AvailabilityStatus::OutOfStock, available: None };
        self.availability.get(&offer).map_or(nothing, |heard| heard.said)
    }
}

impl Availability {
    /// Whether at least one unit can be bought.
    #[must_use]
    pub fn can_be_bought(self) -> bool {
        self.status != AvailabilityStatus::OutOfStock
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
