//! What a change leaves in the log: which action, on what, before and after, and what takes it back.

use serde_json::Value;

use super::action::Action;
use crate::model::id::{ClientId, GroupId, KeyPairId, RoleId, TenantId, TokenId, UserId};

/// What an action did, before it is written.
#[derive(Debug)]
pub struct Change {
    /// Which action.
    pub action: Action,
    /// Done to what.
    pub target: Target,
    /// The tenant that it concerns, where that is not the one the caller works in.
    pub tenant: Option<TenantId>,
    /// What it was, a JSON object.
    pub before: Option<Value>,
    /// What it is now, a JSON object.
    pub after: Option<Value>,
    /// Who did it, where the caller is still a stranger.
    pub actor: Option<(UserId, String)>,
    /// The person or the group that a change of a group or a tenant is about.
    pub member: Option<String>,
    /// The tenants that the person belonged to whom it removed.
    pub left: Vec<TenantId>,
    /// What would take it back.
    pub undo: Option<Undo>,
}

/// An undo command, as the log keeps it.
#[derive(Debug)]
pub struct Undo {
    /// Which command.
    pub kind: &'static str,
    /// The version of what it holds.
    pub version: i64,
    /// What it holds, as JSON.
    pub data: String,
    /// The ids of what it is about.
    pub subject: String,
}

/// What something was done to. The name is copied, because targets go and the log stays.
#[derive(Clone, Debug)]
pub struct Target {
    /// `user`, `role` …
    pub kind: &'static str,
    /// Its id as text.
    pub id: String,
    /// Its name at the time.
    pub name: String,
}

impl Target {
    /// A user.
    #[must_use]
    pub fn user(id: UserId, name: &str) -> Self {
        Self { kind: "user", id: id.to_string(), name: name.to_owned() }
    }

    /// A role.
    #[must_use]
    pub fn role(id: &RoleId, name: &str) -> Self {
        Self { kind: "role", id: id.to_string(), name: name.to_owned() }
    }

    /// A group.
    #[must_use]
    pub fn group(id: GroupId, name: &str) -> Self {
        Self { kind: "group", id: id.to_string(), name: name.to_owned() }
    }

    /// A tenant.
    #[must_use]
    pub fn tenant(id: TenantId, name: &str) -> Self {
        Self { kind: "tenant", id: id.to_string(), name: name.to_owned() }
    }

    /// Client credentials.
    #[must_use]
    pub fn client(id: ClientId, name: &str) -> Self {
        Self { kind: "client", id: id.to_string(), name: name.to_owned() }
    }

    /// A token.
    #[must_use]
    pub fn token(id: TokenId, name: &str) -> Self {
        Self { kind: "token", id: id.to_string(), name: name.to_owned() }
    }

    /// A key pair.
    #[must_use]
    pub fn key_pair(id: KeyPairId, name: &str) -> Self {
        Self { kind: "key_pair", id: id.to_string(), name: name.to_owned() }
    }

    /// The sign-in page. What was typed there is not kept: it may be a password in the wrong box.
    #[must_use]
    pub fn sign_in() -> Self {
        Self { kind: "page", id: "/signin".into(), name: "sign-in".into() }
    }
}

impl Change {
    /// `action` done to `target`.
    #[must_use]
    pub const fn new(action: Action, target: Target) -> Self {
        let left = Vec::new();
        Self { action, target, tenant: None, before: None, after: None, actor: None, member: None, left, undo: None }
    }

    /// The tenant that it concerns, where that is not the one the caller works in.
    #[must_use]
    pub fn of(mut self, tenant: Option<TenantId>) -> Self {
        self.tenant = tenant;
        self
    }

    /// The person or the group that a change of a group or a tenant is about.
    #[must_use]
    pub fn about(mut self, member: impl ToString) -> Self {
        self.member = Some(member.to_string());
        self
    }

    /// The tenants that the person belonged to whom it removed: they find it, too, as all that is about a person themself.
    #[must_use]
    pub fn leaving(mut self, tenants: Vec<TenantId>) -> Self {
        self.left = tenants;
        self
    }

    /// What it was. Never hand over secrets.
    #[must_use]
    pub fn before(mut self, state: Value) -> Self {
        self.before = Some(state);
        self
    }

    /// What it is now.
    #[must_use]
    pub fn after(mut self, state: Value) -> Self {
        self.after = Some(state);
        self
    }

    /// What would take it back.
    #[must_use]
    pub fn undo(mut self, undo: impl Into<Undo>) -> Self {
        self.undo = Some(undo.into());
        self
    }

    /// Names the actor where the caller is still a stranger: sign-in and set-up.
    #[must_use]
    pub fn by(mut self, id: UserId, name: &str) -> Self {
        self.actor = Some((id, name.to_owned()));
        self
    }
}
