//! What was read from the table and is at hand for a while.

use std::{
    fmt::Display,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What was read, and when.
type Read<T> = Option<(Instant, Arc<T>)>;

/// Something that is read again after a time. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct Kept<T> {
    life: Duration,
    read: Arc<Mutex<Read<T>>>,
}

impl<T: Default> Kept<T> {
    /// Nothing is read yet; what is read then is at hand for so long.
    #[must_use]
    pub(crate) fn for_a(life: Duration) -> Self {
        Self { life, read: Arc::default() }
    }

    /// What is at hand, or what `read` answers. When it fails, what was read last: an answer without news, or without `what`
    /// at all, is better than none.
    pub(crate) async fn or_read<E: Display>(
        &self,
        what: &'static str,
        read: impl Future<Output = Result<T, E>>,
    ) -> Arc<T> {
        let last = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, value)) = last.as_ref().filter(|(at, _)| at.elapsed() < self.life) {
            return Arc::clone(value);
        }
        let current = match read.await {
            Ok(value) => Arc::new(value),
            Err(error) => {
                tracing::warn!(error.message = %error, "{what} not read");
                last.map(|(_, value)| value).unwrap_or_default()
            }
        };
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&current)));
        current
    }

    /// As if its time were over.
    #[cfg(test)]
    pub(crate) fn expire(&self) {
        if let Some((at, _)) = &mut *self.read.lock().unwrap_or_else(PoisonError::into_inner) {
            *at = Instant::now().checked_sub(self.life).unwrap_or(*at);
        }
    }
}
