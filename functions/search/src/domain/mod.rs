//! What search knows and how it asks, with no I/O.

pub mod behaviour;
mod day;
mod document;
mod escape;
mod facets;
mod filters;
mod fold;
mod index_definition;
mod indexes;
mod prices;
mod query;
mod results;
mod row;
mod search;
mod suggest;
mod text;
mod vocabulary;
pub mod weights;

pub use day::{Day, NoDay};
pub use document::{Document, Item, ItemAvailability};
pub use facets::{AttributeFacet, CategoryFacet, FacetValue, Facets};
pub use filters::{CategoryPath, FilterError, FilterProblem, Filters, PriceRange};
pub use index_definition::{DEFINITION_VERSION, INDEX_DEFINITION};
pub use indexes::{Indexes, Phase, Rebuild, Retired, Walked};
pub use prices::PriceFacet;
pub use query::query_body;
pub use results::{Explained, ExplainedItem, Found, Matched, SearchResults, read_explained, read_results};
pub use row::{Availability, Heard, News, ProductRow, Update};
pub use search::{Position, Reading, Search, SearchError, Sort, Start, midnight_before};
pub use suggest::{Suggested, SuggestedProduct, Suggestions, read_suggestions, suggest_body};
pub use vocabulary::{Never, OneWay, Vocabulary, VocabularyError, Wording};
