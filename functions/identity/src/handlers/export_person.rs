//! Steps of a person's export: identity's own part, and the archive of all parts.

use std::io::{Cursor, Write};

use rialto_lambda::{Context, InitError};
use rialto_person::{Archives, ExportPerson};
use serde::Serialize;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::show_me::Me;
use crate::Error;
use crate::domain::RoleChange;
use crate::store::{Addresses, DefaultAddresses, Exports, MOST_ADDRESSES, StoredAddress, Users};

/// The services with a part in an export, each its file.
const SERVICES: [&str; 4] = ["identity", "orders", "carts", "payments"];

/// What identity's steps need.
#[derive(Debug)]
pub struct ExportAccount {
    users: Users,
    addresses: Addresses,
    exports: Exports,
    archives: Archives,
}

impl ExportAccount {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self {
            users: Users::of(context)?,
            addresses: Addresses::of(context)?,
            exports: Exports::of(context)?,
            archives: Archives::new(context)?,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    account: Option<Me>,
    role_changes: Vec<RoleChange>,
    addresses: Vec<StoredAddress>,
    default_addresses: DefaultAddresses,
}

/// Puts account, profile and addresses into the export; of the password's hash and of tokens nothing.
///
/// # Errors
/// When table or bucket fail.
pub async fn export_person(state: &ExportAccount, input: ExportPerson) -> Result<(), Error> {
    let user = state.users.find(input.user_id).await?;
    let most = usize::try_from(MOST_ADDRESSES).unwrap_or(usize::MAX);
    let part = Part {
        account: user.as_ref().map(Me::from),
        role_changes: user.map(|user| user.role_changes).unwrap_or_default(),
        addresses: state.addresses.list(input.user_id, most, None).await?.items,
        default_addresses: state.addresses.defaults(input.user_id).await?,
    };
    Ok(state.archives.put_part(input.export_id, "identity", &part).await?)
}

/// Packs all parts into one archive and notes that it is there. For a person who was erased meanwhile there is none.
///
/// # Errors
/// When table or bucket fail.
pub async fn pack_export(state: &ExportAccount, input: ExportPerson) -> Result<(), Error> {
    let mut parts = Vec::new();
    for service in SERVICES {
        parts.push((service, state.archives.part(input.export_id, service).await?));
    }
    state.archives.put_archive(input.export_id, packed(&parts)?).await?;
    if !state.exports.complete(input.user_id, input.export_id).await? {
        state.archives.remove_archive(input.export_id).await?;
    }
    Ok(())
}

fn packed(parts: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (service, json) in parts {
        zip.start_file(format!("{service}.json"), SimpleFileOptions::default()).map_err(Error::archive)?;
        zip.write_all(json).map_err(Error::archive)?;
    }
    Ok(zip.finish().map_err(Error::archive)?.into_inner())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn given_parts_when_packed_then_each_is_a_file_of_the_archive() {
        let parts = [("identity", b"{\"a\": 1}".to_vec()), ("orders", vec![b'7'; 100_000])];
        let zip = packed(&parts).unwrap();
        assert!(zip.len() < 10_000, "compressed");
        let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
        for (service, json) in parts {
            let mut text = Vec::new();
            archive.by_name(&format!("{service}.json")).unwrap().read_to_end(&mut text).unwrap();
            assert_eq!(text, json);
        }
    }
}
