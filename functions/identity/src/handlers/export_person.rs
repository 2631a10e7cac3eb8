//! Steps of a person's export: identity's own part, and the archive of all parts.

use std::io::{Cursor, Write};

use rialto_kernel::{ExportId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use rialto_person::{Archives, ExportPerson};
use serde::Serialize;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::show_me::Me;
use crate::Error;
use crate::domain::{Name, RoleChange, Session};
use crate::store::{Addresses, DefaultAddresses, ExportState, Exports, MOST_ADDRESSES, Sessions, StoredAddress, Users};

/// The services with a part in an export, each its file.
const SERVICES: [&str; 4] = ["identity", "orders", "carts", "payments"];

/// What identity's steps need.
#[derive(Debug)]
pub struct ExportAccount {
    users: Users,
    addresses: Addresses,
    sessions: Sessions,
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
            sessions: Sessions::of(context)?,
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
    sessions: Vec<Login>,
}

/// What is kept of a login, but for what its tokens are checked against.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Name>,
    created_at: Timestamp,
    refreshed_at: Timestamp,
}

impl From<Session> for Login {
    fn from(session: Session) -> Self {
        Self { device: session.device, created_at: session.created_at, refreshed_at: session.refreshed_at }
    }
}

/// Puts account, profile, addresses and sessions into the export; of the password's hash and of tokens nothing.
///
/// # Errors
/// When table or bucket fail.
pub async fn export_person(state: &ExportAccount, input: ExportPerson) -> Result<(), Error> {
    let part = part_of(&state.users, &state.addresses, &state.sessions, input.user_id).await?;
    Ok(state.archives.put_part(input.export_id, "identity", &part).await?)
}

async fn part_of(users: &Users, addresses: &Addresses, sessions: &Sessions, id: UserId) -> Result<Part, Error> {
    let user = users.find(id).await?;
    let most = usize::try_from(MOST_ADDRESSES).unwrap_or(usize::MAX);
    Ok(Part {
        account: user.as_ref().map(Me::from),
        role_changes: user.map(|user| user.role_changes).unwrap_or_default(),
        addresses: addresses.list(id, most, None).await?.items,
        default_addresses: addresses.defaults(id).await?,
        sessions: sessions.kept(id).await?.into_iter().map(Login::from).collect(),
    })
}

/// Packs all parts into one archive, notes that it is there and removes the parts. For a person who was erased meanwhile
/// there is none.
///
/// # Errors
/// When table or bucket fail.
pub async fn pack_export(state: &ExportAccount, input: ExportPerson) -> Result<(), Error> {
    let (owner, export) = (input.user_id, input.export_id);
    let is_there = match state.exports.wanted(owner, export).await? {
        // An earlier run came so far; the parts may be gone.
        Some(ExportState::Ready) => true,
        Some(ExportState::Pending) => {
            let mut parts = Vec::new();
            for service in SERVICES {
                parts.push((service, state.archives.part(export, service).await?));
            }
            state.archives.put_archive(export, packed(&parts)?).await?;
            state.exports.complete(owner, export).await?
        }
        None => false,
    };
    if !is_there {
        state.archives.remove_archive(export).await?;
    }
    remove_parts(&state.archives, export).await
}

/// Removes the parts of an export that are there.
pub(super) async fn remove_parts(archives: &Archives, export: ExportId) -> Result<(), Error> {
    for service in SERVICES {
        archives.remove_part(export, service).await?;
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
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use std::io::Read;

    use serde_json::json;

    use super::super::testing::{LIVES, registered, users};
    use super::*;
    use crate::domain::{RefreshToken, Secret};

    #[tokio::test]
    async fn given_sessions_when_exported_then_each_is_told_without_what_its_tokens_are_checked_against() {
        let users = users();
        let (addresses, sessions) = (Addresses::new(users.table().clone()), Sessions::new(users.table().clone()));
        let ada = registered(&users, "ada@example.com").await;
        let user = users.find(ada).await.unwrap().unwrap();
        let token = RefreshToken {
            user_id: ada,
            session_id: rialto_kernel::SessionId::draw(),
            family: Secret::new(rand::random()),
            secret: Secret::new(rand::random()),
        };
        let at = Timestamp::UNIX_EPOCH;
        sessions
            .begin(&Session::begin(&user, &token, Some(Name::parse("Phone").unwrap()), LIVES, at), &[])
            .await
            .unwrap();
        let part = serde_json::to_value(part_of(&users, &addresses, &sessions, ada).await.unwrap()).unwrap();
        assert_eq!(part["account"]["email"], "ada@example.com");
        assert_eq!(part["sessions"], json!([{"device": "Phone", "createdAt": at, "refreshedAt": at}]));
        assert!(!part.to_string().contains("Hash"), "{part}");
    }

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
