//! Command with AWS credentials: makes a person a seller or an operator, or takes that back. No route leads here.

use rialto_kernel::{SellerId, UserId};
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::domain::{Actor, Email, Grant, Role, User};
use crate::store::Users;

const TRIES: usize = 5;

/// Who becomes what, or with `revoke` ceases to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    email: Email,
    role: Grantable,
    /// Who says so. It is put down with the change.
    by: Actor,
    #[serde(default)]
    revoke: bool,
    /// Also to somebody who has not shown that the e-mail is theirs: whoever registered it first. For stages with made-up
    /// people only.
    #[serde(default)]
    unverified: bool,
}

/// The roles that are given; everybody is a shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grantable {
    /// With a seller id of their own.
    Seller,
    /// Runs the marketplace.
    Operator,
}

/// Whose roles these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Granted {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    seller_id: Option<SellerId>,
}

/// Gives the role, or takes it, once, and puts down when and by whom, for good: repeated it changes nothing and answers the
/// same. Access tokens follow at the next
/// login or refresh, so a role that was taken is gone from all of them within 15 minutes.
///
/// # Errors
/// `UserNotFound` when no account has the e-mail; `EmailNotVerified` when a role would be given to an account whose e-mail
/// is not verified, which may be anybody's.
pub async fn grant_role(users: &Users, input: GrantRole) -> Result<Granted, Error> {
    for _ in 0..TRIES {
        let user = users.find_by_email(&input.email).await?.ok_or(Error::UserNotFound)?;
        if !(input.revoke || input.unverified || user.email_verified) {
            return Err(Error::EmailNotVerified);
        }
        let role = input.role.into();
        let change = if input.revoke { user.revoke(role, now()) } else { user.grant(role, SellerId::draw(), now()) };
        let Grant::Given(granted) = change else {
            return Ok(Granted::of(&user));
        };
        if users.save_grant(&granted, &input.by).await? {
            tracing::info!(user.id = %granted.id, user.role = ?input.role, role.revoked = input.revoke, "role changed");
            return Ok(Granted::of(&granted));
        }
    }
    Err(Error::Contention)
}

impl Granted {
    fn of(user: &User) -> Self {
        Self { user_id: user.id, seller_id: user.seller_id }
    }
}

impl From<Grantable> for Role {
    fn from(role: Grantable) -> Self {
        match role {
            Grantable::Seller => Self::Seller,
            Grantable::Operator => Self::Operator,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_dynamo::Table;
    use rialto_kernel::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::domain::{Name, PasswordHash};

    async fn users_with_ada() -> Users {
        users_with(true).await
    }

    async fn users_with(verified: bool) -> Users {
        let users = Users::new(Table::in_memory("identity"));
        let (email, name) = (Email::parse("ada@example.com").unwrap(), Name::parse("Ada").unwrap());
        let mut ada =
            User::register(UserId::named(&["ada"]), email, name, PasswordHash::from_phc("$"), Timestamp::UNIX_EPOCH);
        ada.email_verified = verified;
        users.register(&ada).await.unwrap();
        users
    }

    fn input(email: &str, role: &str) -> GrantRole {
        serde_json::from_value(json!({"email": email, "role": role, "by": "arn:aws:iam::1:user/grace"})).unwrap()
    }

    #[tokio::test]
    async fn given_a_grant_when_repeated_then_the_seller_is_the_same_and_one_change_is_recorded() {
        let users = users_with_ada().await;
        let first = grant_role(&users, input("Ada@example.com", "seller")).await.unwrap();
        let second = grant_role(&users, input("ada@example.com", "seller")).await.unwrap();
        assert!(first.seller_id.is_some());
        assert_eq!(first, second);
        let ada = users.find(first.user_id).await.unwrap().unwrap();
        assert_eq!((ada.role_changes.len(), ada.seller_id), (1, first.seller_id));
    }

    #[tokio::test]
    async fn given_a_role_when_revoked_twice_and_granted_again_then_each_change_is_recorded_once_and_the_seller_stays()
    {
        let users = users_with_ada().await;
        let revoke = || {
            serde_json::from_value(json!({"email": "ada@example.com", "role": "seller", "revoke": true, "by": "grace"}))
                .unwrap()
        };
        let first = grant_role(&users, input("ada@example.com", "seller")).await.unwrap();
        for _ in 0..2 {
            grant_role(&users, revoke()).await.unwrap();
            let ada = users.find(first.user_id).await.unwrap().unwrap();
            assert_eq!((ada.acts_for(), ada.roles.contains(&Role::Seller), ada.role_changes.len()), (None, false, 2));
        }
        assert_eq!(grant_role(&users, input("ada@example.com", "seller")).await.unwrap(), first);
    }

    #[tokio::test]
    async fn given_grants_at_once_then_every_role_is_given_and_there_is_one_seller() {
        let users = users_with_ada().await;
        let mut tasks = tokio::task::JoinSet::new();
        for role in ["seller", "operator", "seller", "operator"] {
            let users = users.clone();
            tasks.spawn(async move { grant_role(&users, input("ada@example.com", role)).await.unwrap() });
        }
        tasks.join_all().await;
        let ada = users.find(UserId::named(&["ada"])).await.unwrap().unwrap();
        assert_eq!((ada.roles.len(), ada.role_changes.len()), (3, 2));
        assert!(ada.seller_id.is_some());
    }

    #[tokio::test]
    async fn given_an_email_nobody_verified_when_granted_then_it_is_refused_unless_said_and_a_revocation_never_is() {
        let users = users_with(false).await;
        for role in ["seller", "operator"] {
            let refused = grant_role(&users, input("ada@example.com", role)).await;
            assert!(matches!(refused, Err(Error::EmailNotVerified)), "{refused:?}");
        }
        let ada = users.find(UserId::named(&["ada"])).await.unwrap().unwrap();
        assert_eq!((ada.roles.len(), ada.role_changes.len()), (1, 0));
        let said = |extra: &str| {
            serde_json::from_value(json!({"email": "ada@example.com", "role": "operator", "by": "grace", extra: true}))
                .unwrap()
        };
        grant_role(&users, said("unverified")).await.unwrap();
        assert!(users.find(ada.id).await.unwrap().unwrap().roles.contains(&Role::Operator));
        grant_role(&users, said("revoke")).await.unwrap();
        assert!(!users.find(ada.id).await.unwrap().unwrap().roles.contains(&Role::Operator));
    }

    #[tokio::test]
    async fn given_an_unknown_email_or_another_role_when_granted_then_it_is_refused() {
        let users = users_with_ada().await;
        let outcome = grant_role(&users, input("eve@example.com", "operator")).await;
        assert!(matches!(outcome, Err(Error::UserNotFound)));
        let shopper = json!({"email": "ada@example.com", "role": "shopper", "by": "grace"});
        assert!(serde_json::from_value::<GrantRole>(shopper).is_err());
        for by in [json!(null), json!(""), json!(7)] {
            let unsigned = json!({"email": "ada@example.com", "role": "seller", "by": by});
            assert!(serde_json::from_value::<GrantRole>(unsigned).is_err(), "{by}");
        }
        assert!(serde_json::from_value::<GrantRole>(json!({"email": "ada@example.com", "role": "seller"})).is_err());
    }

    #[tokio::test]
    async fn given_changes_by_several_when_looked_up_then_each_says_what_when_and_by_whom_and_a_repeat_adds_none() {
        let users = users_with_ada().await;
        let change = |role: &str, revoke: bool, by: &str| {
            let change = json!({"email": "ada@example.com", "role": role, "revoke": revoke, "by": by});
            serde_json::from_value::<GrantRole>(change).unwrap()
        };
        let ada = UserId::named(&["ada"]);
        for (role, revoke, by) in [
            ("seller", false, "grace"),
            ("seller", false, "joan"),
            ("operator", false, "joan"),
            ("seller", true, "grace"),
        ] {
            grant_role(&users, change(role, revoke, by)).await.unwrap();
        }
        let record = users.role_record(ada).await.unwrap();
        let told: Vec<_> =
            record.iter().map(|entry| (entry.role, entry.revoked, String::from(entry.by.clone()))).collect();
        assert_eq!(
            told,
            [
                (Role::Seller, false, "grace".to_owned()),
                (Role::Operator, false, "joan".to_owned()),
                (Role::Seller, true, "grace".to_owned())
            ]
        );
        let account = users.find(ada).await.unwrap().unwrap();
        let at: Vec<_> = account.role_changes.iter().map(|change| change.at).collect();
        assert_eq!(record.iter().map(|entry| entry.at).collect::<Vec<_>>(), at);
    }
}
