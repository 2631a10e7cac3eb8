//! A deployment without AWS, for simulations: the settings of this thread's functions. Tables come with
//! [`Context::simulated`](crate::Context::simulated), time and chance with [`install`].

use std::{cell::RefCell, collections::BTreeMap};

pub use rialto_chance::testing::{Installed, Source, install};

thread_local! {
    static SETTINGS: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// Sets what [`env`](crate::env) answers on this thread, before the process's own environment.
pub fn settings(all: BTreeMap<String, String>) {
    SETTINGS.set(all);
}

pub(crate) fn setting(name: &str) -> Option<String> {
    SETTINGS.with_borrow(|settings| settings.get(name).cloned())
}
