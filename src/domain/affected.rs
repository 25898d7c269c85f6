//! Whom a change can touch, as a command says it before it is made.

use crate::model::{
    id::{GroupId, RoleId, UserId},
    permission::PermissionSet,
    principal::Principal,
};

/// Whom a change can touch, and what it is about.
#[derive(Clone, Debug)]
pub struct Affected {
    /// Whom.
    pub people: People,
    /// What they may gain or lose by it, for the answer that isn't worked out. Empty stands for all that the role
    /// gives, or that reaches the group.
    pub permissions: PermissionSet,
    /// How many they are where they are known after the change only, since that brings back what they hold something
    /// through.
    pub after: Option<i64>,
}

/// People whom a change can touch.
#[derive(Clone, Debug)]
pub enum People {
    /// These.
    Users(Vec<UserId>),
    /// Whoever holds the role, directly or through groups.
    Role(RoleId),
    /// Whoever is in the group, directly or through groups in it.
    Group(GroupId),
}

impl Affected {
    /// These people.
    #[must_use]
    pub const fn users(users: Vec<UserId>) -> Self {
        Self::by(People::Users(users), PermissionSet::NONE)
    }

    /// One person.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self::users(vec![user])
    }

    /// Whoever holds a role, and what the change is about.
    #[must_use]
    pub fn role(role: &RoleId, permissions: PermissionSet) -> Self {
        Self::by(People::Role(role.clone()), permissions)
    }

    /// A person or whoever is in a group, and what the change is about.
    #[must_use]
    pub fn principal(principal: Principal, permissions: PermissionSet) -> Self {
        let people = match principal {
            Principal::User(user) => People::Users(vec![user]),
            Principal::Group(group) => People::Group(group),
        };
        Self::by(people, permissions)
    }

    const fn by(people: People, permissions: PermissionSet) -> Self {
        Self { people, permissions, after: None }
    }

    /// The same where they are known after the change only; so many they will be.
    #[must_use]
    pub fn known_after(self, count: i64) -> Self {
        Self { after: Some(count), ..self }
    }
}

impl Default for Affected {
    fn default() -> Self {
        Self::users(Vec::new())
    }
}
