//! `POST /v1/warehouses`

use rialto_http::{Caller, Fault, Problem, Request, Response, SellerOrOperator, StatusCode, idempotency, respond};
use rialto_kernel::{SellerId, WarehouseId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{view::WarehouseItem, whose};
use crate::{
    domain::{Latitude, Longitude, Place, Point, WarehouseName},
    store::{Inventory, Warehouse},
};

/// A new warehouse.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddWarehouse {
    /// Whose it is: an operator has to say, a seller has only their own.
    seller_id: Option<SellerId>,
    /// What the seller calls it.
    name: WarehouseName,
    /// ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    country: String,
    /// State, province or county.
    #[schema(max_length = 100, example = "NV")]
    region: Option<String>,
    /// Postal code as the country writes it.
    #[schema(max_length = 20, example = "89501")]
    postal_code: Option<String>,
    /// Degrees north of the equator; with `longitude`. Without them, its region stands for its place.
    latitude: Option<Latitude>,
    /// Degrees east of Greenwich; with `latitude`.
    longitude: Option<Longitude>,
    /// Smaller goes first among equally near warehouses.
    #[serde(default)]
    #[schema(default = 0)]
    priority: u16,
}

/// Adds a warehouse of a seller.
#[utoipa::path(
    post, path = "/v1/warehouses", operation_id = "inventory-add-warehouse", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(idempotency::Accepted),
    request_body = AddWarehouse,
    responses(
        (status = 201, description = "The warehouse", body = WarehouseItem),
        (status = 404, description = "Another seller than the caller"),
    ),
)]
pub async fn add_warehouse(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let input: AddWarehouse = request.json()?;
    let seller_id = match (whose::confined(&caller), input.seller_id) {
        (Some(own), asked) if asked.is_none_or(|asked| asked == own) => own,
        (Some(_), _) => return Err(Problem::not_found()),
        (None, Some(asked)) => asked,
        (None, None) => {
            return Err(Problem::invalid("/sellerId", Fault::Required, "an operator says whose warehouse it is"));
        }
    };
    let point = match (input.latitude, input.longitude) {
        (Some(latitude), Some(longitude)) => Some(Point { latitude, longitude }),
        (None, None) => None,
        (Some(_), None) => return Err(Problem::invalid("/longitude", Fault::Required, "goes with latitude")),
        (None, Some(_)) => return Err(Problem::invalid("/latitude", Fault::Required, "goes with longitude")),
    };
    let place = Place::new(&input.country, input.region.as_deref(), input.postal_code.as_deref(), point)?;
    idempotency::perform_if_keyed(
        inventory.table(),
        &request,
        &caller,
        WarehouseId::draw(),
        |warehouse_id| async move {
            let AddWarehouse { name, priority, .. } = input;
            let warehouse = Warehouse { warehouse_id, seller_id, name, place: Some(place), priority };
            inventory.add_warehouse(&warehouse).await?;
            respond::json(StatusCode::CREATED, &WarehouseItem::from(warehouse))
        },
    )
    .await
}
