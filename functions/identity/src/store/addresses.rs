//! Postal addresses of people, and the book that says which are their defaults.

use rialto_dynamo::{Check, Delete, Page, Position, Put, Query, Read, Table, Update, Write, cond, to_value};
use rialto_kernel::{Address, AddressId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ADDRESS, address_key, book_key, user_key, user_partition};
use crate::Error;

/// The most addresses a person can keep.
pub const MOST_ADDRESSES: u64 = 50;
const TRIES: usize = 10;

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
    /// Counts the changes, from 1; told in `ETag`.
    #[serde(skip)]
    pub version: u64,
}

/// Which addresses are taken when none is named; at most one for each use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultAddresses {
    /// Where orders go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<AddressId>,
    /// Where bills go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<AddressId>,
}

/// The row. Apart from the answer, which shows the address's fields beside the id.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: AddressId,
    address: Address,
    created_at: Timestamp,
    #[serde(default = "first")]
    version: u64,
}

/// The book: how many addresses there are, and the defaults.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Book {
    defaults: DefaultAddresses,
    version: u64,
}

fn first() -> u64 {
    1
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
    /// [`Error::TooManyAddresses`] when the person keeps [`MOST_ADDRESSES`]; [`Error::UserNotFound`] when the account is
    /// erased; [`Error::Table`].
    pub async fn add(&self, owner: UserId, added: StoredAddress) -> Result<StoredAddress, Error> {
        let put = Put::new(&address_key(owner, added.id), &Row::from(&added))?.when(cond::absent("pk"));
        let room = cond::any([cond::absent("count"), cond::lt("count", MOST_ADDRESSES)]);
        let count = Update::of(book_key(owner)).add("count", 1).add("version", 1).when(room);
        let writes: Vec<Write> = vec![put.into(), count.into(), account_exists(owner)];
        let refused = match self.table.transact(writes).await {
            Ok(()) => return Ok(added),
            Err(error) if error.condition_failed() => error,
            Err(error) => return Err(error.into()),
        };
        if let Some(before) = refused.failed_item::<Row>(0)? {
            return Ok(before.into());
        }
        let full = refused.failed_item::<Book>(1)?.is_some();
        Err(if full { Error::TooManyAddresses } else { Error::UserNotFound })
    }

    /// An address of this person.
    ///
    /// # Errors
    /// [`Error::AddressNotFound`], also for another person's; [`Error::Table`].
    pub async fn find(&self, owner: UserId, id: AddressId) -> Result<StoredAddress, Error> {
        let row: Option<Row> = self.table.get(&address_key(owner, id), Read::Strong).await?;
        row.map(Into::into).ok_or(Error::AddressNotFound)
    }

    /// Puts another address in place of `found`, under its id. `None`: it was changed or removed meanwhile.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn change(
        &self,
        owner: UserId,
        found: &StoredAddress,
        address: Address,
    ) -> Result<Option<StoredAddress>, Error> {
        let version = found.version.saturating_add(1);
        let update = Update::of(address_key(owner, found.id))
            .set("address", to_value(&address)?)
            .set("version", version)
            .when(cond::all([cond::exists("pk"), at_version(found.version)]));
        match self.table.update(update).await {
            Ok(()) => Ok(Some(StoredAddress { address, version, ..found.clone() })),
            Err(error) if error.condition_failed() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an address, and with it the defaults that it was.
    ///
    /// # Errors
    /// [`Error::AddressNotFound`]; [`Error::Contention`]; [`Error::Table`].
    pub async fn remove(&self, owner: UserId, id: AddressId) -> Result<(), Error> {
        for _ in 0..TRIES {
            let defaults = self.defaults(owner).await?;
            let keeps = |chosen: Option<AddressId>| chosen.filter(|chosen| *chosen != id);
            let kept = DefaultAddresses { shipping: keeps(defaults.shipping), billing: keeps(defaults.billing) };
            let gone = Delete::of(address_key(owner, id)).when(cond::exists("pk"));
            let book = self.book(owner, defaults, kept)?.add("count", -1);
            match self.table.transact(vec![gone.into(), book.into()]).await {
                Ok(()) => return Ok(()),
                Err(error) if error.failed_conditions().contains(&0) => return Err(Error::AddressNotFound),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contention)
    }

    /// Which addresses are the defaults.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn defaults(&self, owner: UserId) -> Result<DefaultAddresses, Error> {
        Ok(self.chosen(owner).await?.0)
    }

    /// Which addresses are the defaults, and the book's version, which each address added or removed raises, too.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn chosen(&self, owner: UserId) -> Result<(DefaultAddresses, u64), Error> {
        let book: Option<Book> = self.table.get(&book_key(owner), Read::Strong).await?;
        let Book { defaults, version } = book.unwrap_or_default();
        Ok((defaults, version))
    }

    /// Makes these the defaults, in place of those before, if the book is at version `at`, should one be named. Each is an
    /// address of this person at that moment. `false`: the book is at another version.
    ///
    /// # Errors
    /// [`Error::AddressNotFound`] when one is not theirs; [`Error::Table`].
    pub async fn set_defaults(
        &self,
        owner: UserId,
        defaults: DefaultAddresses,
        at: Option<u64>,
    ) -> Result<bool, Error> {
        let mut ids: Vec<_> = [defaults.shipping, defaults.billing].into_iter().flatten().collect();
        ids.dedup();
        let (checks, clears) = (ids.len(), ids.is_empty());
        if clears && at == Some(0) {
            return Ok(true);
        }
        let theirs = ids.into_iter().map(|id| Check::of(address_key(owner, id), cond::exists("pk")).into());
        let book = Update::of(book_key(owner)).add("version", 1);
        let book = if clears { book.remove("defaults") } else { book.set("defaults", to_value(&defaults)?) };
        let book = match at {
            Some(0) => book.when(cond::absent("pk")),
            Some(version) => book.when(cond::eq("version", version)),
            // Nobody's book is not made to hold nothing.
            None if clears => book.when(cond::exists("pk")),
            None => book,
        };
        // Also a single write: its token makes one that is sent again the same.
        match self.table.transact(theirs.chain([Write::from(book)]).collect()).await {
            Ok(()) => Ok(true),
            Err(error) if error.failed_conditions().iter().any(|index| *index < checks) => Err(Error::AddressNotFound),
            Err(error) if error.condition_failed() => Ok(at.is_none()),
            Err(error) => Err(error.into()),
        }
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

    /// The write of the defaults, if they are still those that were read.
    fn book(&self, owner: UserId, were: DefaultAddresses, are: DefaultAddresses) -> Result<Update, Error> {
        let unchanged = if were == DefaultAddresses::default() {
            cond::any([cond::absent("defaults"), cond::eq("defaults", to_value(&were)?)])
        } else {
            cond::eq("defaults", to_value(&were)?)
        };
        let update = Update::of(book_key(owner)).add("version", 1).when(unchanged);
        Ok(if were == are { update } else { update.set("defaults", to_value(&are)?) })
    }
}

/// Nothing is added to an account that was erased, though its last token may still be good.
fn account_exists(owner: UserId) -> Write {
    Check::of(user_key(owner), cond::exists("pk")).into()
}

/// Rows from before versions count as the first.
fn at_version(version: u64) -> rialto_dynamo::Cond {
    let same = cond::eq("version", version);
    if version == first() { cond::any([same, cond::absent("version")]) } else { same }
}

impl From<&StoredAddress> for Row {
    fn from(stored: &StoredAddress) -> Self {
        let StoredAddress { id, address, created_at, version } = stored.clone();
        Self { id, address, created_at, version }
    }
}

impl From<Row> for StoredAddress {
    fn from(row: Row) -> Self {
        Self { id: row.id, address: row.address, created_at: row.created_at, version: row.version }
    }
}

#[cfg(test)]
#[path = "addresses_tests.rs"]
mod tests;
