//! Which gateway a payment goes to.

use std::sync::{Arc, Mutex, PoisonError};

use rialto_kernel::Timestamp;

use super::{GatewayError, PaymentGateway};
use crate::domain::{Breaker, GatewayName, TokensByGateway};

/// The gateway that new payments go to, and the one that takes over while it is out of reach.
///
/// Only a payment that no gateway can have heard of goes to the second: a new one while the first one's breaker is open,
/// or one whose only question certainly did not get there. The breaker is this sandbox's own; others learn by themselves.
#[derive(Clone)]
pub struct Gateways {
    first: Arc<dyn PaymentGateway>,
    second: Option<Arc<dyn PaymentGateway>>,
    breaker: Arc<Mutex<Breaker>>,
}

impl std::fmt::Debug for Gateways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let second = self.second.as_ref().map(|gateway| gateway.name());
        f.debug_struct("Gateways").field("first", &self.first.name()).field("second", &second).finish_non_exhaustive()
    }
}

impl Gateways {
    /// All payments go to `first`; new ones to `second`, where there is one, while `first` is out of reach.
    #[must_use]
    pub fn new(first: Arc<dyn PaymentGateway>, second: Option<Arc<dyn PaymentGateway>>) -> Self {
        Self { first, second, breaker: Arc::default() }
    }

    /// Where a new payment goes whose method has these tokens: to the first gateway unless it is out of reach or does not
    /// know the method, and the second one does.
    #[must_use]
    pub fn for_new(&self, tokens: &TokensByGateway, now: Timestamp) -> GatewayName {
        let first = self.first.name();
        match self.second.as_ref().map(|second| second.name()).filter(|second| tokens.contains_key(second)) {
            Some(second) if !tokens.contains_key(&first) || !self.breaker().admits(now) => second,
            _ => first,
        }
    }

    /// The one to take over from `from`, if there is one.
    #[must_use]
    pub fn after(&self, from: GatewayName) -> Option<GatewayName> {
        self.second.as_ref().filter(|_| from == self.first.name()).map(|second| second.name())
    }

    /// The gateway of a payment on record.
    ///
    /// # Errors
    /// [`GatewayError::Transient`] when this deployment has no such gateway.
    pub fn named(&self, name: GatewayName) -> Result<&dyn PaymentGateway, GatewayError> {
        std::iter::once(&self.first)
            .chain(&self.second)
            .find(|gateway| gateway.name() == name)
            .map(AsRef::as_ref)
            .ok_or_else(|| GatewayError::Transient(format!("{name} is not set up")))
    }

    /// Each gateway of this deployment.
    pub fn all(&self) -> impl Iterator<Item = &dyn PaymentGateway> {
        std::iter::once(&self.first).chain(&self.second).map(AsRef::as_ref)
    }

    /// Notes how a question about a new payment went, for where the next one goes.
    pub fn note<T>(&self, name: GatewayName, outcome: &Result<T, GatewayError>, now: Timestamp) {
        if name != self.first.name() {
            return;
        }
        match outcome {
            Err(
                GatewayError::NotReached
                | GatewayError::RateLimited
                | GatewayError::Transient(_)
                | GatewayError::OutcomeUnknown { .. },
            ) => self.breaker().failed(now),
            Ok(_) | Err(GatewayError::Declined { .. } | GatewayError::Rejected { .. }) => self.breaker().answered(),
        }
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
