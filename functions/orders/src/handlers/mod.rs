//! Requests and steps to the domain and back.

pub mod advance_order;
pub mod create_order;
pub mod erase_person;
pub mod export_person;
pub mod list_orders;
pub mod show_order;

mod carry_out;

use rialto_http::Problem;

use crate::OrderError;

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::OrderNotFound => Self::not_found(),
            OrderError::Table(error) => error.into(),
            OrderError::Busy => Self::unavailable(error),
            OrderError::IllegalTransition { .. } | OrderError::Data(_) => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests;
