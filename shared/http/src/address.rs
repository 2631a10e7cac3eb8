//! What is wrong with an address, field by field.

use rialto_kernel::{AddressError, AddressFault};

use crate::{
    code,
    problem::{Fault, Problem},
};

impl Problem {
    /// 422 for each field of the address at `pointer` in the body; the body itself is at the empty pointer.
    #[must_use]
    pub fn address(pointer: &str, errors: &[AddressError]) -> Self {
        errors.iter().fold(Self::of(code::INVALID_VALUE), |problem, error| {
            let fault = match error.fault {
                AddressFault::Missing => Fault::Required,
                AddressFault::Length => Fault::OutOfRange,
                AddressFault::Malformed => Fault::Malformed,
                AddressFault::NotAllowed => Fault::NotAllowed,
            };
            problem.error(format!("{pointer}/{}", error.field), fault, error.detail.as_str())
        })
    }
}
