//! Step of a person's export.

use rialto_kernel::MoneyError;
use rialto_lambda::{Context, InitError};
use rialto_person::{Archives, ExportPerson};

use crate::{OrderError, domain::OrderView, store::Store};

const PAGE: usize = 50;

/// What the export needs.
#[derive(Debug)]
pub struct ExportOrders {
    store: Store,
    archives: Archives,
}

impl ExportOrders {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { store: Store::new(context.table("ORDERS_TABLE")?), archives: Archives::new(context)? })
    }
}

/// Puts the person's orders into the export, as they see them, newest first.
///
/// # Errors
/// When table or bucket fail.
pub async fn export_person(state: &ExportOrders, input: ExportPerson) -> Result<(), OrderError> {
    let mut orders: Vec<OrderView> = Vec::new();
    let mut after = None;
    loop {
        let page = state.store.list(input.user_id, None, PAGE, after).await?;
        let views: Result<Vec<_>, MoneyError> = page.items.iter().map(OrderView::of).collect();
        orders.extend(views.map_err(OrderError::data)?);
        match page.next {
            Some(position) => after = Some(position),
            None => break,
        }
    }
    state.archives.put_part(input.export_id, "orders", &orders).await.map_err(OrderError::data)
}
