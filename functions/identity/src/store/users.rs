//! Accounts.

use rialto_dynamo::{Path, Put, Query, Read, Table, Update, Write, cond, to_value};
use rialto_events::types::UserRegistered;
use rialto_events::{Envelope, OUTBOX, outbox};
use rialto_kernel::{Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};

use super::{email_key, role_key, role_partition, user_key};
use crate::Error;
use crate::domain::{Actor, Email, PasswordHash, Role, User};

/// Accounts in identity's table.
#[derive(Debug, Clone)]
pub struct Users {
    table: Table,
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The account is new.
    New,
    /// This very id was registered under this e-mail before: a repeated request.
    Before(Box<User>),
    /// Somebody else has the e-mail.
    Taken,
}

/// A change of somebody's roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleEntry {
    /// The role.
    pub role: Role,
    /// Whether it was taken.
    pub revoked: bool,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailRow {
    user_id: UserId,
}

impl Users {
    /// Accounts in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Accounts in the table that `IDENTITY_TABLE` names.
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

    /// Adds an account and tells of it, unless its e-mail is taken. Of many at once for one e-mail exactly one is added.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn register(&self, user: &User) -> Result<Registered, Error> {
        let news = Envelope::of(&UserRegistered { user_id: user.id }, user.id, user.version, user.created_at)?;
        // Told from the row that is never written again.
        let taken = Put::new(&email_key(&user.email), &EmailRow { user_id: user.id })?
            .with(OUTBOX, outbox(&[news])?)
            .when(cond::absent("pk"));
        let account = Put::new(&user_key(user.id), user)?.when(cond::absent("pk"));
        let refused = match self.table.transact(vec![taken.into(), account.into()]).await {
            Ok(()) => return Ok(Registered::New),
            Err(error) if error.condition_failed() => error,
            Err(error) => return Err(error.into()),
        };
        match refused.failed_item::<EmailRow>(0)? {
            Some(row) if row.user_id == user.id => match refused.failed_item::<User>(1)? {
                Some(before) => Ok(Registered::Before(Box::new(before))),
                None => Err(Error::Table(refused)),
            },
            Some(_) => Ok(Registered::Taken),
            None => Err(Error::Table(refused)),
        }
    }

    /// The account of an e-mail. Reads twice also when there is none, so that the time does not tell.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn find_by_email(&self, email: &Email) -> Result<Option<User>, Error> {
        let row: Option<EmailRow> = self.table.get(&email_key(email), Read::Strong).await?;
        let id = row.map_or_else(|| Self::nobody(email), |row| row.user_id);
        self.find(id).await
    }

    /// The id that stands for an e-mail without an account, where the same work is to be done as for one. Each e-mail has
    /// its own, so that many of them do not meet on one key.
    #[must_use]
    pub fn nobody(email: &Email) -> UserId {
        UserId::named(&["nobody", &email.digest()])
    }

    /// The account of an id.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn find(&self, id: UserId) -> Result<Option<User>, Error> {
        Ok(self.table.get(&user_key(id), Read::Strong).await?)
    }

    /// Puts a stronger hash of the same password in place of `user`'s; leaves it if the password was changed meanwhile.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn strengthen(&self, user: &User, stronger: &PasswordHash) -> Result<(), Error> {
        let update = Update::of(user_key(user.id))
            .set("passwordHash", stronger.as_phc())
            .add("version", 1)
            .when(cond::eq("passwordHash", user.password_hash.as_phc()));
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Writes name and profile of `edited` if the profile is still at the version before. `false`: it has been edited, or
    /// erased, meanwhile.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn save_profile(&self, edited: &User) -> Result<bool, Error> {
        let was = edited.profile.version.saturating_sub(1);
        let unedited = cond::eq(Path::of(&["profile", "version"]), was);
        let update = Update::of(user_key(edited.id))
            .set("name", String::from(edited.name.clone()))
            .set("profile", to_value(&edited.profile)?)
            .when(cond::all([
                cond::exists("pk"),
                if was == 0 { cond::any([unedited, cond::absent("profile")]) } else { unedited },
            ]));
        match self.table.update(update).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes roles and seller of `granted` if the account is still at the version before, and in the same transaction what
    /// changed, when and by whom, in a row of its own that outlives the account. `false`: it has changed meanwhile, read again.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn save_grant(&self, granted: &User, by: &Actor) -> Result<bool, Error> {
        let update = Update::of(user_key(granted.id))
            .set("roles", to_value(&granted.roles)?)
            .set("roleChanges", to_value(&granted.role_changes)?)
            .set_or_remove("sellerId", granted.seller_id.map(|id| id.to_string()))
            .set("version", granted.version)
            .when(cond::eq("version", granted.version.saturating_sub(1)));
        let mut writes: Vec<Write> = vec![update.into()];
        if let Some(change) = granted.role_changes.last() {
            let entry = RoleEntry { role: change.role, revoked: change.revoked, at: change.at, by: by.clone() };
            let record = Put::new(&role_key(granted.id, granted.version), &entry)?.when(cond::absent("pk"));
            writes.push(record.into());
        }
        match self.table.transact(writes).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Who gave this person which roles or took them, oldest first; also of one who is erased.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn role_record(&self, id: UserId) -> Result<Vec<RoleEntry>, Error> {
        // By hand, a few for a person.
        Ok(self.table.query_all(Query::pk(role_partition(id)).strong()).await?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
mod tests {
    use rialto_dynamo::testing::tables;
    use rialto_kernel::SellerId;

    use super::*;
    use crate::domain::{Grant, Name};

    fn users() -> Users {
        Users::new(Table::in_memory("identity"))
    }

    fn person(id: &str, email: &str) -> User {
        let name = Name::parse("Ada").unwrap();
        let hash = PasswordHash::from_phc("$1$");
        User::register(UserId::named(&[id]), Email::parse(email).unwrap(), name, hash, Timestamp::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn given_a_taken_email_when_registered_by_another_then_it_is_refused_and_nothing_is_written() {
        let users = users();
        assert_eq!(users.register(&person("a", "ada@example.com")).await.unwrap(), Registered::New);
        let other = person("b", "ADA@example.com");
        assert_eq!(users.register(&other).await.unwrap(), Registered::Taken);
        assert_eq!(users.find(other.id).await.unwrap(), None);
        assert_eq!(users.find_by_email(&other.email).await.unwrap(), Some(person("a", "ada@example.com")));
    }

    #[tokio::test]
    async fn given_a_registration_when_repeated_under_its_id_then_it_is_recognised() {
        for users in tables("identity").await.unwrap().into_iter().map(Users::new) {
            users.register(&person("a", "ada@example.com")).await.unwrap();
            let again = users.register(&person("a", "ada@example.com")).await.unwrap();
            assert_eq!(again, Registered::Before(Box::new(person("a", "ada@example.com"))));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn given_twenty_registrations_of_one_email_at_once_then_exactly_one_is_added() {
        for users in tables("identity").await.unwrap().into_iter().map(Users::new) {
            let mut tasks = tokio::task::JoinSet::new();
            for n in 0..20 {
                let users = users.clone();
                tasks.spawn(async move { users.register(&person(&n.to_string(), "ada@example.com")).await.unwrap() });
            }
            let outcomes = tasks.join_all().await;
            assert_eq!(outcomes.iter().filter(|outcome| **outcome == Registered::New).count(), 1);
            assert_eq!(outcomes.iter().filter(|outcome| **outcome == Registered::Taken).count(), 19);
        }
    }

    #[tokio::test]
    async fn given_a_changed_password_when_the_old_hash_is_strengthened_then_the_new_password_stays() {
        let users = users();
        let ada = person("a", "ada@example.com");
        users.register(&ada).await.unwrap();
        users.strengthen(&ada, &PasswordHash::from_phc("$2$")).await.unwrap();
        users.strengthen(&ada, &PasswordHash::from_phc("$3$")).await.unwrap();
        let stored = users.find(ada.id).await.unwrap().unwrap();
        assert_eq!((stored.password_hash, stored.version), (PasswordHash::from_phc("$2$"), 2));
    }

    #[tokio::test]
    async fn given_two_grants_from_one_version_when_saved_then_the_second_is_told_to_read_again() {
        let users = users();
        let ada = person("a", "ada@example.com");
        users.register(&ada).await.unwrap();
        let grant = |role| match ada.grant(role, SellerId::named(&["s"]), Timestamp::UNIX_EPOCH) {
            Grant::Given(user) => user,
            Grant::Had => panic!("not had"),
        };
        let by = Actor::parse("grace").unwrap();
        assert!(users.save_grant(&grant(Role::Seller), &by).await.unwrap());
        assert!(!users.save_grant(&grant(Role::Operator), &by).await.unwrap());
        assert_eq!(users.role_record(ada.id).await.unwrap().len(), 1, "what was not done is not put down");
        assert_eq!(users.find(ada.id).await.unwrap(), Some(*grant(Role::Seller)));
    }
}
