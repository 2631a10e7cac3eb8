//! A person with an account.

use std::collections::BTreeSet;

use rialto_kernel::{SellerId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Email, Name, PasswordHash, Profile};

/// What a person may do. Everybody with an account is a shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Buys.
    Shopper,
    /// Sells, under a seller id of their own.
    Seller,
    /// Runs the marketplace.
    Operator,
}

/// When a role was given or taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleChange {
    /// The role.
    pub role: Role,
    /// Whether it was taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
    /// When.
    pub at: Timestamp,
}

/// A person with an account, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The account.
    pub id: UserId,
    /// Unique among all accounts.
    pub email: Email,
    /// What they call themselves.
    pub name: Name,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// The seller they act for, once they had [`Role::Seller`]. It stays when the role is taken, as what they sold does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<SellerId>,
    /// The record of roles given and taken after registration, oldest first.
    pub role_changes: Vec<RoleChange>,
    /// What their password is checked against.
    pub password_hash: PasswordHash,
    /// Whether they have shown that the e-mail is theirs.
    #[serde(default)]
    pub email_verified: bool,
    /// Counts the times all their sessions were ended: by themselves, or with a new password. See
    /// [`super::Session::epoch`].
    #[serde(default)]
    pub session_epoch: u64,
    /// What they tell about themselves.
    #[serde(default)]
    pub profile: Profile,
    /// When they registered.
    pub created_at: Timestamp,
    /// Counts the changes of this row, from 1.
    pub version: u64,
}

/// What giving or taking a role comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// It was so already: nothing to write.
    Had,
    /// The account with the role, or without it.
    Given(Box<User>),
}

impl User {
    /// A new account, a shopper's.
    #[must_use]
    pub fn register(id: UserId, email: Email, name: Name, password_hash: PasswordHash, now: Timestamp) -> Self {
        Self {
            id,
            email,
            name,
            roles: BTreeSet::from([Role::Shopper]),
            seller_id: None,
            role_changes: Vec::new(),
            password_hash,
            email_verified: false,
            session_epoch: 0,
            profile: Profile::default(),
            created_at: now,
            version: 1,
        }
    }

    /// Gives a role and records when. `seller_id` becomes a new seller's id; an id already there stays.
    #[must_use]
    pub fn grant(&self, role: Role, seller_id: SellerId, now: Timestamp) -> Grant {
        if self.roles.contains(&role) {
            return Grant::Had;
        }
        let mut granted = self.clone();
        granted.roles.insert(role);
        granted.role_changes.push(RoleChange { role, revoked: false, at: now });
        if role == Role::Seller {
            granted.seller_id.get_or_insert(seller_id);
        }
        granted.version = self.version.saturating_add(1);
        Grant::Given(Box::new(granted))
    }

    /// Takes a role and records when. The seller's id stays, so that the role can come back with it.
    #[must_use]
    pub fn revoke(&self, role: Role, now: Timestamp) -> Grant {
        let mut without = self.clone();
        if !without.roles.remove(&role) {
            return Grant::Had;
        }
        without.role_changes.push(RoleChange { role, revoked: true, at: now });
        without.version = self.version.saturating_add(1);
        Grant::Given(Box::new(without))
    }

    /// The seller they act for now.
    #[must_use]
    pub fn acts_for(&self) -> Option<SellerId> {
        self.seller_id.filter(|_| self.roles.contains(&Role::Seller))
    }
}

/// A person as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserView {
    /// The account.
    pub id: UserId,
    /// In lower case.
    pub email: Email,
    /// Whether they have shown that the e-mail is theirs.
    pub email_verified: bool,
    /// What they call themselves.
    pub name: Name,
    /// What they may do.
    #[schema(value_type = Vec<Role>)]
    pub roles: BTreeSet<Role>,
    /// The seller they act for, if they are one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<SellerId>,
    /// When they registered.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            email_verified: user.email_verified,
            name: user.name.clone(),
            roles: user.roles.clone(),
            seller_id: user.acts_for(),
            created_at: user.created_at,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn ada() -> User {
        let (email, name) = (Email::parse("ada@example.com").unwrap(), Name::parse("Ada").unwrap());
        User::register(UserId::named(&["ada"]), email, name, PasswordHash::from_phc("$secret$"), Timestamp::UNIX_EPOCH)
    }

    fn seller(name: &str) -> SellerId {
        SellerId::named(&[name])
    }

    #[test]
    fn given_a_shopper_when_made_a_seller_then_the_seller_id_role_and_time_are_recorded() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let Grant::Given(user) = ada().grant(Role::Seller, seller("a"), now) else { panic!("given") };
        assert_eq!(user.roles, BTreeSet::from([Role::Shopper, Role::Seller]));
        assert_eq!((user.seller_id, user.version), (Some(seller("a")), 2));
        assert_eq!(user.role_changes, [RoleChange { role: Role::Seller, revoked: false, at: now }]);
    }

    #[test]
    fn given_a_seller_when_made_one_again_then_nothing_changes() {
        let Grant::Given(user) = ada().grant(Role::Seller, seller("a"), Timestamp::UNIX_EPOCH) else { panic!("given") };
        assert_eq!(user.grant(Role::Seller, seller("b"), Timestamp::UNIX_EPOCH), Grant::Had);
    }

    #[test]
    fn given_a_seller_when_the_role_is_taken_and_given_back_then_the_seller_is_the_same_and_each_change_is_recorded() {
        let given = |grant| match grant {
            Grant::Given(user) => user,
            Grant::Had => panic!("changed"),
        };
        let later = Timestamp::from_second(60).unwrap();
        let was = given(ada().grant(Role::Seller, seller("a"), Timestamp::UNIX_EPOCH));
        let without = given(was.revoke(Role::Seller, later));
        assert_eq!((without.acts_for(), without.seller_id), (None, Some(seller("a"))));
        assert_eq!(UserView::from(&*without).seller_id, None);
        assert_eq!(without.role_changes[1], RoleChange { role: Role::Seller, revoked: true, at: later });
        assert_eq!(without.revoke(Role::Seller, later), Grant::Had);
        let again = given(without.grant(Role::Seller, seller("b"), later));
        assert_eq!((again.acts_for(), again.role_changes.len(), again.version), (Some(seller("a")), 3, 4));
    }

    #[test]
    fn given_a_shopper_when_made_an_operator_then_no_seller_comes_of_it() {
        let Grant::Given(user) = ada().grant(Role::Operator, seller("a"), Timestamp::UNIX_EPOCH) else {
            panic!("given")
        };
        assert_eq!(user.seller_id, None);
    }

    #[test]
    fn given_a_user_when_shown_or_debugged_then_no_secret_is_in_it() {
        let view = serde_json::to_value(UserView::from(&ada())).unwrap();
        let fields: Vec<_> = view.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["createdAt", "email", "emailVerified", "id", "name", "roles"]);
        let debugged = format!("{:?}", ada());
        assert!(!debugged.contains("secret$") && !debugged.contains("example.com") && !debugged.contains("\"Ada"));
    }
}
