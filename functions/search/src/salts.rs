//! The day's salt as a function has it at hand.

use std::sync::{Arc, Mutex, PoisonError};

use rialto_dynamo::Error;

use crate::{
    behaviour_store::BehaviourStore,
    domain::{Day, behaviour::Salt},
};

/// Reads the salt once a day, and draws it if it is the first to need it. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct Salts {
    store: BehaviourStore,
    kept: Arc<Mutex<Option<(Day, Salt)>>>,
}

impl Salts {
    /// Over the service's table.
    #[must_use]
    pub(crate) fn new(store: BehaviourStore) -> Self {
        Self { store, kept: Arc::default() }
    }

    /// The salt of a day.
    ///
    /// # Errors
    /// When the table fails.
    pub(crate) async fn of(&self, day: Day) -> Result<Salt, Error> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, salt)) = kept.filter(|(of, _)| *of == day) {
            return Ok(salt);
        }
        let salt = self.store.salt_or(day, Salt::of(rand::random())).await?;
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((day, salt.clone()));
        Ok(salt)
    }
}
