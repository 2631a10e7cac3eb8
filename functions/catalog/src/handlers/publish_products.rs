//! Every minute: puts on sale the drafts whose time has come.

use rialto_lambda::now;
use serde_json::Value;

use crate::{
    Error,
    store::{Store, Swept},
};

/// Sweeps once. What it is invoked with has no meaning. A product that fails is counted and found again by the next sweep.
///
/// # Errors
/// When the drafts cannot be read.
pub async fn publish_products(store: &Store, _: Value) -> Result<Swept, Error> {
    let swept = store.publish_due(now()).await?;
    let Swept { published, settled, failed } = swept;
    tracing::info!(products.published = published, products.settled = settled, products.failed = failed, "swept");
    Ok(swept)
}
