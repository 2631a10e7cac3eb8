//! Postal addresses of people.

use rialto_dynamo::{Page, Position, Put, Query, Read, Table, cond};
use rialto_kernel::{Address, AddressId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ADDRESS, address_key, user_partition};
use crate::Error;

/// An address someone keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoredAddress {
    /// The address's id.
    pub id: AddressId,
    /// The address itself; its fields stand beside the id.
    #[serde(flatten)]
    pub address: Address,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The row. Apart from the answer, as an address is strict about the fields beside it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: AddressId,
    address: Address,
    created_at: Timestamp,
}

/// Addresses in identity's table. Every finder takes whose they are.
#[derive(Debug, Clone)]
pub struct Addresses {
    table: Table,
}

impl Addresses {
    /// Addresses in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Addresses in the table that `IDENTITY_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("IDENTITY_TABLE").map(Self::new)
    }

    /// The table, where idempotency records are kept, too.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Adds an address; answers the one that was there under this id if the request is repeated.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn add(&self, owner: UserId, added: StoredAddress) -> Result<StoredAddress, Error> {
        let row = Row { id: added.id, address: added.address.clone(), created_at: added.created_at };
        match self.table.put(Put::new(&address_key(owner, added.id), &row)?.when(cond::absent("pk"))).await {
            Ok(()) => Ok(added),
            Err(error) if error.condition_failed() => error.failed_item::<Row>(0)?.map(Into::into).ok_or(error.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// An address of this person.
    ///
    /// # Errors
    /// [`Error::AddressNotFound`], also for another person's; [`Error::Table`].
    pub async fn find(&self, owner: UserId, id: AddressId) -> Result<StoredAddress, Error> {
        let row: Option<Row> = self.table.get(&address_key(owner, id), Read::Strong).await?;
        row.map(Into::into).ok_or(Error::AddressNotFound)
    }

    /// A page of this person's addresses, newest first. At most 100, as the route's `limit` allows.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn list(
        &self,
        owner: UserId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<StoredAddress>, Error> {
        let query = Query::pk(user_partition(owner)).sk_begins(ADDRESS).descending().limit(limit).after(after);
        let page: Page<Row> = self.table.query(query).await?;
        Ok(Page { items: page.items.into_iter().map(Into::into).collect(), next: page.next })
    }
}

impl From<Row> for StoredAddress {
    fn from(row: Row) -> Self {
        Self { id: row.id, address: row.address, created_at: row.created_at }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn addresses() -> Addresses {
        Addresses::new(Table::in_memory("identity"))
    }

    fn address(line1: &str) -> StoredAddress {
        let address = json!({"name": "Ada", "line1": line1, "city": "London", "postalCode": "SW1", "country": "GB"});
        let address = serde_json::from_value(address).unwrap();
        StoredAddress { id: AddressId::named(&[line1]), address, created_at: Timestamp::UNIX_EPOCH }
    }

    fn user(name: &str) -> UserId {
        UserId::named(&[name])
    }

    #[tokio::test]
    async fn given_an_address_when_another_person_asks_for_it_then_it_is_not_found() {
        let addresses = addresses();
        let added = addresses.add(user("ada"), address("1")).await.unwrap();
        assert_eq!(addresses.find(user("ada"), added.id).await.unwrap(), added);
        assert!(matches!(addresses.find(user("eve"), added.id).await, Err(Error::AddressNotFound)));
        assert!(addresses.list(user("eve"), 20, None).await.unwrap().items.is_empty());
    }

    #[tokio::test]
    async fn given_an_address_when_added_again_under_its_id_then_the_first_stays() {
        let addresses = addresses();
        let first = addresses.add(user("ada"), address("1")).await.unwrap();
        let repeated = StoredAddress { id: first.id, ..address("2") };
        assert_eq!(addresses.add(user("ada"), repeated).await.unwrap(), first);
        assert_eq!(addresses.list(user("ada"), 20, None).await.unwrap().items, [first]);
    }

    #[tokio::test]
    async fn given_three_addresses_when_listed_by_two_then_the_second_page_has_the_rest() {
        let addresses = addresses();
        for line in ["1", "2", "3"] {
            addresses.add(user("ada"), address(line)).await.unwrap();
        }
        let first = addresses.list(user("ada"), 2, None).await.unwrap();
        let second = addresses.list(user("ada"), 2, first.next.clone()).await.unwrap();
        assert_eq!((first.items.len(), second.items.len(), second.next), (2, 1, None));
        assert!(!first.items.contains(&second.items[0]));
    }

    #[test]
    fn given_an_address_when_answered_then_its_fields_stand_beside_the_id() {
        let json = serde_json::to_value(address("1")).unwrap();
        assert_eq!((json["line1"].as_str(), json["country"].as_str()), (Some("1"), Some("GB")));
    }
}
