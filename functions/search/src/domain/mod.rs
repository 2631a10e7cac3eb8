//! What search knows and how it asks, with no I/O.

mod document;
mod escape;
mod filters;
mod index_definition;
mod query;
mod results;
mod row;
mod search;

pub use document::{Document, Item, ItemAvailability};
pub use filters::{CategoryPath, FilterError, FilterProblem, Filters, PriceRange};
pub use index_definition::index_definition;
pub use query::query_body;
pub use results::{CategoryFacet, FacetValue, Facets, Found, PriceFacet, SearchResults, read_results};
pub use row::{Availability, Heard, News, ProductRow, Update};
pub use search::{Position, Search, SearchError, Sort, Start};
