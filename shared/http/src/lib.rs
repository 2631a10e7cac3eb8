//! The edge of every route: who calls, reading requests, problems, idempotency, and the contract.
//!
//! # A route
//!
//! The handler, `functions/carts/src/handlers/add_item.rs`. The type of its second argument says who may call it, and
//! `x-rialto-caller` repeats that in the contract; summary and description are its doc comment. Common problems (400 to
//! 503 as caller, body, parameters and headers imply) are added to the contract by [`contract::Document`]; write down
//! the domain's own.
//!
//! ```
//! # use rialto_kernel::{CartItemId, OfferId, Quantity};
//! use rialto_http::{Caller, Customer, Problem, Request, Response, idempotency, respond};
//! use serde::{Deserialize, Serialize};
//! # use utoipa::ToSchema;
//! # struct Carts { table: rialto_dynamo::Table }
//! # impl Carts { async fn add(&self, _: &Customer, id: CartItemId, _: AddItem) -> Result<CartView, Problem> { Ok(CartView { id, version: 1 }) } }
//!
//! /// What to put into the cart.
//! #[derive(Deserialize, ToSchema)]
//! #[serde(rename_all = "camelCase")]
//! pub struct AddItem {
//!     offer_id: OfferId,
//!     quantity: Quantity,
//! }
//! # #[derive(Serialize, ToSchema)] struct CartView { id: CartItemId, version: u64 }
//!
//! /// Adds an offer to the cart.
//! #[utoipa::path(
//!     post, path = "/v1/cart/items", operation_id = "carts-add-item", tag = "carts",
//!     extensions(("x-rialto-caller" = json!(Customer::NAME))),
//!     params(idempotency::Accepted),
//!     request_body = AddItem,
//!     responses((status = 201, body = CartView), (status = 409, description = "`OUT_OF_STOCK`")),
//! )]
//! pub async fn add_item(carts: &Carts, customer: Customer, request: Request) -> Result<Response, Problem> {
//!     let input: AddItem = request.json()?;
//!     idempotency::perform_if_keyed(&carts.table, &request, &customer, CartItemId::draw(), async |item_id| {
//!         let cart = carts.add(&customer, item_id, input).await?;
//!         Ok(respond::created("/v1/cart", &cart)?.etag(cart.version))
//!     })
//!     .await
//! }
//! # fn served(context: &rialto_lambda::Context, carts: Carts) -> impl Future { rialto_http::run(context, carts, add_item) }
//! ```
//!
//! The bin, `functions/carts/src/bin/carts-add-item.rs`:
//!
//! ```no_run
//! # mod carts {
//! #     pub struct Carts;
//! #     impl Carts { pub fn new(_: &rialto_lambda::Context) -> Result<Self, rialto_lambda::InitError> { Ok(Self) } }
//! #     pub mod handlers {
//! #         use rialto_http::{Customer, Problem, Request, Response, respond};
//! #         pub async fn add_item(_: &super::Carts, _: Customer, _: Request) -> Result<Response, Problem> { Ok(respond::no_content()) }
//! #     }
//! # }
//! # /*
//! //! `POST /v1/cart/items`
//! # */
//!
//! use carts::{Carts, handlers::add_item};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), rialto_lambda::Error> {
//!     let context = rialto_lambda::init("carts").await?;
//!     rialto_http::run(&context, Carts::new(&context)?, add_item).await
//! }
//! ```
//!
//! The service's part of the contract, in its `lib.rs`:
//!
//! ```
//! # mod handlers { pub mod add_item {
//! #     #[utoipa::path(post, path = "/v1/cart/items", operation_id = "carts-add-item", responses((status = 201)))]
//! #     pub async fn add_item() {}
//! # } }
//! use utoipa::OpenApi;
//!
//! #[derive(OpenApi)]
//! #[openapi(paths(handlers::add_item::add_item))]
//! struct Contract;
//!
//! /// The service's routes.
//! pub fn contract() -> utoipa::openapi::OpenApi {
//!     Contract::openapi()
//! }
//! ```

mod address;
mod answer;
mod body;
mod caller;
mod card_number;
pub mod code;
pub mod contract;
mod edge;
mod etag;
mod guest;
mod headers;
pub mod idempotency;
mod keys;
mod limit;
mod paging;
mod problem;
mod request;
mod response;
pub mod testing;
pub mod throttle;
pub mod token;

pub use caller::{Anyone, Caller, Customer, Operator, Seller, SellerOrOperator, Shopper, ShopperOrOperator};
pub use card_number::holds_card_number;
pub use code::Code;
pub use edge::{Edge, dispatch, run};
pub use etag::{EntityTag, IfMatch};
pub use guest::{GuestToken, MalformedGuestToken};
pub use http::{HeaderMap, Method, StatusCode, header};
pub use keys::{KeySource, KeysUnavailable, ParameterKeys};
pub use limit::Limit;
pub use paging::{List, Paging};
pub use problem::{Fault, Invalid, Problem, ProblemBody};
pub use request::Request;
pub use response::{Response, respond};
pub use throttle::Throttle;
