//! Has the CDN forget the pages of products that have changed.

use std::collections::{BTreeMap, BTreeSet};

use rialto_events::{
    Envelope, Event, MalformedEvent,
    types::{AvailabilityChanged, ProductChanged},
};
use rialto_kernel::{EventId, ProductId};
use rialto_lambda::{Context, InitError, Message, Metric, Unit};

use crate::{
    Error,
    store::{Cdn, Store},
};

/// From so many products of a batch on, everything is forgotten at the price of one path: filling the CDN again costs less.
const MANY: usize = 500;
/// Products' pages by id and slug, their lists and cards.
const ALL: &str = "/v1/product*";

/// What purging needs.
#[derive(Debug, Clone)]
pub struct Purger {
    store: Store,
    cdn: Cdn,
    paths: Metric,
}

impl Purger {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let paths = context.metric("PurgedPaths", Unit::Count);
        Ok(Self { store: super::store(context)?, cdn: Cdn::new(context)?, paths })
    }
}

/// Takes the news of a batch together: each product's page is purged once, however much happened to it. Answers the messages that
/// have to come again. Lists live out their five minutes, and so does a page under words that are not its slug any more.
pub async fn purge_pages(purger: &Purger, messages: Vec<Message>) -> Vec<String> {
    let mut failed = Vec::new();
    let mut products: BTreeMap<String, ProductId> = BTreeMap::new();
    for message in messages {
        match product_of(&message) {
            Ok(Some(product)) => drop(products.insert(message.id, product)),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(error.message = %error, "news not read");
                failed.push(message.id);
            }
        }
    }
    if let Err(error) = purge(purger, &products).await {
        tracing::warn!(error.message = %error, "pages not purged");
        failed.extend(products.into_keys());
    }
    failed
}

async fn purge(purger: &Purger, products: &BTreeMap<String, ProductId>) -> Result<(), Error> {
    let ids: BTreeSet<ProductId> = products.values().copied().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let paths = if ids.len() < MANY {
        let by_slug = purger.store.slugs(&ids.iter().copied().collect::<Vec<_>>()).await?;
        let by_slug = by_slug.into_iter().map(|slug| format!("/v1/products/by-slug/{slug}"));
        ids.iter().map(|id| format!("/v1/products/{id}")).chain(by_slug).collect()
    } else {
        vec![ALL.to_owned()]
    };
    let count = u64::try_from(paths.len()).unwrap_or(u64::MAX);
    let messages: Vec<&str> = products.keys().map(String::as_str).collect();
    let reference = EventId::named(&messages).to_string();
    purger.cdn.forget(paths, &reference).await?;
    purger.paths.publish(&[count]);
    Ok(())
}

fn product_of(message: &Message) -> Result<Option<ProductId>, MalformedEvent> {
    let event = Envelope::from_delivery(&message.body)?;
    Ok(match event.event_type.as_str() {
        ProductChanged::TYPE => event.read::<ProductChanged>()?.map(|news| news.product_id),
        AvailabilityChanged::TYPE => event.read::<AvailabilityChanged>()?.map(|news| news.product_id),
        _ => None,
    })
}

#[cfg(test)]
#[path = "purge_pages_tests.rs"]
mod tests;
