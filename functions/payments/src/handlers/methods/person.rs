//! Steps of a person's export and erasure.

use rialto_lambda::{Context, InitError};
use rialto_person::{Archives, ErasePerson, Erased, ExportPerson};

use super::MethodList;
use crate::methods::{MethodError, Methods};

/// What the export needs.
#[derive(Debug)]
pub struct ExportMethods {
    methods: Methods,
    archives: Archives,
}

impl ExportMethods {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { methods: Methods::of(context)?, archives: Archives::new(context)? })
    }
}

/// Puts the stored payment methods into the export; the gateway's tokens, which charge, are left out.
///
/// # Errors
/// When table or bucket fail.
pub async fn export_person(state: &ExportMethods, input: ExportPerson) -> Result<(), MethodError> {
    let methods = MethodList::from(state.methods.list(input.user_id).await?);
    Ok(state.archives.put_part(input.export_id, "payments", &methods).await?)
}

/// Removes the stored payment methods, few enough for one run. What was charged names an order and an amount, and no person.
///
/// # Errors
/// When the table fails.
pub async fn erase_person(methods: &Methods, input: ErasePerson) -> Result<Erased, MethodError> {
    let removed = methods.erase(input.user_id).await?;
    Ok(input.erased(removed, None))
}
