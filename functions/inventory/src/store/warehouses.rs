//! A seller's warehouses.

use rialto_dynamo::{Page, Position, Put, Query, Read, cond};
use rialto_kernel::{SellerId, WarehouseId};
use serde::{Deserialize, Serialize};

use super::{Inventory, keys};
use crate::{
    domain::{Place, WarehouseName},
    error::Error,
};

/// Where a seller keeps stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warehouse {
    /// The warehouse.
    pub warehouse_id: WarehouseId,
    /// Whose.
    pub seller_id: SellerId,
    /// What the seller calls it.
    pub name: WarehouseName,
    /// Where it stands; absent for the default warehouse, which then counts as far from everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Smaller goes first among equally near warehouses.
    pub priority: u16,
}

impl Inventory {
    /// Adds a warehouse; adding the same one again changes nothing.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn add_warehouse(&self, warehouse: &Warehouse) -> Result<(), Error> {
        let key = keys::warehouse(warehouse.seller_id, warehouse.warehouse_id);
        match self.table.put(Put::new(&key, warehouse)?.when(cond::absent("pk"))).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// A seller's warehouse.
    ///
    /// # Errors
    /// [`Error::UnknownWarehouse`], also for another seller's; those of the table.
    pub async fn warehouse(&self, seller: SellerId, warehouse: WarehouseId) -> Result<Warehouse, Error> {
        let row = self.table.get(&keys::warehouse(seller, warehouse), Read::Strong).await?;
        row.ok_or(Error::UnknownWarehouse)
    }

    /// A page of a seller's warehouses, in order of their ids.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn warehouses(
        &self,
        seller: SellerId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Warehouse>, Error> {
        let query = Query::pk(keys::seller(seller)).sk_begins(keys::WAREHOUSE).limit(limit).after(after);
        Ok(self.table.query(query).await?)
    }

    /// The warehouse that imports count, made at its first use.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn default_warehouse(&self, seller: SellerId) -> Result<WarehouseId, Error> {
        let warehouse_id = WarehouseId::named(&[&seller.to_string(), "default"]);
        let key = keys::warehouse(seller, warehouse_id);
        if self.table.get::<Warehouse>(&key, Read::Eventual).await?.is_none() {
            let name = WarehouseName::try_from("Default".to_owned()).map_err(|_| Error::Invalid("name"))?;
            let default = Warehouse { warehouse_id, seller_id: seller, name, place: None, priority: 0 };
            self.add_warehouse(&default).await?;
        }
        Ok(warehouse_id)
    }
}
