//! Which paths and methods there are.

mod routes;

pub use routes::Routes;
