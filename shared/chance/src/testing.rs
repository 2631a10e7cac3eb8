//! A clock and a seed for one thread.

use std::{cell::RefCell, marker::PhantomData, rc::Rc};

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// Where a simulation's time and chance come from.
pub trait Source {
    /// The time, as who asks sees it.
    fn now(&self) -> Timestamp;
    /// The next random number.
    fn next(&self) -> u64;
}

thread_local! {
    static SOURCE: RefCell<Option<Rc<dyn Source>>> = const { RefCell::new(None) };
}

/// The thread's source, until it is dropped.
#[derive(Debug)]
#[must_use = "dropped, it gives the thread its own clock back"]
pub struct Installed(PhantomData<Rc<()>>);

/// Makes `source` this thread's time and chance.
pub fn install(source: Rc<dyn Source>) -> Installed {
    SOURCE.with_borrow_mut(|installed| *installed = Some(source));
    Installed(PhantomData)
}

impl Drop for Installed {
    fn drop(&mut self) {
        SOURCE.with_borrow_mut(|installed| *installed = None);
    }
}

pub(crate) fn source() -> Option<Rc<dyn Source>> {
    SOURCE.with_borrow(Clone::clone)
}

pub(crate) fn up_to(source: &dyn Source, most: u64) -> u64 {
    most.checked_add(1).map_or_else(|| source.next(), |count| source.next() % count)
}

pub(crate) fn number(source: &dyn Source) -> u128 {
    u128::from(source.next()) << 64 | u128::from(source.next())
}

pub(crate) fn uuid(source: &dyn Source) -> Uuid {
    let [_, _, _, _, _, _, chance @ ..] = number(source).to_be_bytes();
    let millis = u64::try_from(source.now().as_millisecond()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
}
