//! What the steps share that give reservations their time.

use rialto_lambda::{Context, InitError, env};

use crate::{domain::Lives, store::Inventory};

/// The inventory, and how long a reservation lives.
#[derive(Debug, Clone)]
pub struct Reservations {
    pub(super) inventory: Inventory,
    pub(super) lives: Lives,
}

impl Reservations {
    /// Reservations that live as long as `lives` says.
    #[must_use]
    pub fn new(inventory: Inventory, lives: Lives) -> Self {
        Self { inventory, lives }
    }

    /// Reads the lives in seconds besides what [`Inventory::of`] reads: `RESERVATION_SECONDS`,
    /// `REVIEW_RESERVATION_SECONDS` and `TRANSFER_RESERVATION_SECONDS`; and `PRODUCTION`, which is `false` only where
    /// [`Lives::new`] shall let them be short.
    ///
    /// # Errors
    /// When a variable is missing, or the lives are not allowed.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        let at_once = seconds("RESERVATION_SECONDS")?;
        let (review, transfer) = (seconds("REVIEW_RESERVATION_SECONDS")?, seconds("TRANSFER_RESERVATION_SECONDS")?);
        let production = env("PRODUCTION")? != "false";
        let lives = Lives::new(at_once, review, transfer, production);
        let lives = lives.map_err(|error| unusable("RESERVATION_SECONDS", &error.to_string()))?;
        Ok(Self::new(Inventory::of(context)?, lives))
    }
}

fn seconds(name: &str) -> Result<u32, InitError> {
    env(name)?.parse().map_err(|_| unusable(name, "no number of seconds"))
}

fn unusable(name: &str, reason: &str) -> InitError {
    InitError::Unusable { name: name.to_owned(), reason: reason.to_owned() }
}
