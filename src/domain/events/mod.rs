//! The audit log: every verb writes who, what, when, from where, before and after, in its own transaction.

mod chain;
mod check;
mod export;
mod list;
mod query;
mod whose;

use serde_json::{Map, Value};

use super::{
    command::UndoCommand,
    ctx::{Caller, Ctx},
    error::Result,
    verb::Verb,
};
use crate::{
    db::{Statement, Tx},
    model::{
        id::{EventId, GroupId, RoleId, TenantId, UserId},
        timestamp::Timestamp,
    },
};

use self::whose::Concern;

pub use chain::{Checked, begin};
pub use check::{Checks, Running, check, check_if_due, checks, verify};
pub use export::{BATCH, batch};
pub use list::{find, list, of_user, since};
pub use query::{EventQuery, sql};

/// The SQL of the audit log, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("events::chain", chain::STATEMENTS),
    ("events::list", list::STATEMENTS),
    ("events::query", query::STATEMENTS),
    ("events::whose", whose::STATEMENTS),
];

/// What a verb did, before it is written.
#[derive(Debug)]
pub struct Change {
    verb: Verb,
    target: Target,
    tenant: Option<TenantId>,
    before: Option<Value>,
    after: Option<Value>,
    actor: Option<(UserId, String)>,
    member: Option<String>,
    left: Vec<TenantId>,
    undo: Option<Undo>,
}

/// What would take a change back, as the log keeps it.
#[derive(Debug)]
struct Undo {
    kind: &'static str,
    version: i64,
    data: String,
    subject: String,
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

    /// The sign-in page. What was typed there is not kept: it may be a password in the wrong box.
    #[must_use]
    pub fn sign_in() -> Self {
        Self { kind: "page", id: "/signin".into(), name: "sign-in".into() }
    }
}

impl Change {
    /// `verb` done to `target`.
    #[must_use]
    pub const fn new(verb: Verb, target: Target) -> Self {
        let left = Vec::new();
        Self { verb, target, tenant: None, before: None, after: None, actor: None, member: None, left, undo: None }
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
    pub fn undo<C: UndoCommand>(mut self, command: &C) -> Self {
        let data = serde_json::to_string(command).ok();
        self.undo = data.map(|data| Undo { kind: C::KIND, version: C::VERSION, data, subject: command.subject() });
        self
    }

    /// Names the actor where the caller is still a stranger: sign-in and set-up.
    #[must_use]
    pub fn by(mut self, id: UserId, name: &str) -> Self {
        self.actor = Some((id, name.to_owned()));
        self
    }
}

/// Writes the change into the log, within its transaction, and says in which tenants it is found.
pub async fn record(ctx: &Ctx, tx: &mut Tx, mut change: Change) -> Result<EventId> {
    let concern = Concern {
        verb: change.verb,
        target: (change.target.kind, change.target.id.clone()),
        tenant: change.tenant.or(ctx.tenant()),
        left: std::mem::take(&mut change.left),
    };
    let event = event(ctx, change);
    let id = event.id;
    let place = chain::append(ctx, tx, event).await?;
    whose::attribute(tx, place, concern).await?;
    Ok(id)
}

/// The row of a change, without its place in the chain.
fn event(ctx: &Ctx, change: Change) -> Event {
    let (kind, actor_id, actor_name) = actor(ctx, change.actor);
    let (before, after) = differences(change.before, change.after);
    let (undo_kind, undo_version, inverse, undo_subject) = match change.undo {
        Some(undo) => (Some(undo.kind.to_owned()), Some(undo.version), Some(undo.data), Some(undo.subject)),
        None => (None, None, None, None),
    };
    Event {
        id: EventId(ctx.id()),
        at: ctx.now(),
        actor_kind: kind.to_owned(),
        actor_id,
        actor_name,
        verb: change.verb.name().to_owned(),
        target_kind: change.target.kind.to_owned(),
        target_id: change.target.id,
        target_name: change.target.name,
        tenant_id: change.tenant.or(ctx.tenant()),
        before,
        after,
        address: ctx.origin.address.map(|address| address.to_string()),
        request_id: ctx.origin.request_id.map(|id| id.to_string()),
        inverse,
        undo_kind,
        undo_version,
        undo_subject,
        undoes: ctx.undone_event(),
        member_id: change.member,
        seq: 0,
        format: chain::FORMAT,
        mac: Vec::new(),
        undone_by: None,
    }
}

/// Who is acting, as kind, id and name.
#[must_use]
pub fn actor(ctx: &Ctx, named: Option<(UserId, String)>) -> (&'static str, Option<UserId>, String) {
    match (named, &ctx.caller) {
        (Some((id, name)), _) => ("user", Some(id), name),
        (None, Caller::User(user)) => ("user", Some(user.id), user.name.clone()),
        (None, Caller::CommandLine) => ("command_line", None, "command line".into()),
        (None, Caller::System) => ("system", None, "Castellan".into()),
        (None, Caller::Anonymous) => ("anonymous", None, "somebody not signed in".into()),
    }
}

/// Keeps only the keys that differ, so that the log says what changed and not everything there is.
fn differences(before: Option<Value>, after: Option<Value>) -> (Option<String>, Option<String>) {
    let (mut old, mut new) = (object(before), object(after));
    let same: Vec<String> = old.iter().filter(|(k, v)| new.get(*k) == Some(v)).map(|(k, _)| k.clone()).collect();
    for key in same {
        old.remove(&key);
        new.remove(&key);
    }
    let text = |map: Map<String, Value>| (!map.is_empty()).then(|| Value::Object(map).to_string());
    (text(old), text(new))
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// A row of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// UUIDv7.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// `user`, `anonymous`, `command_line` or `system`.
    pub actor_kind: String,
    /// Who, if a user.
    pub actor_id: Option<UserId>,
    /// Their name at the time.
    pub actor_name: String,
    /// `noun.action`.
    pub verb: String,
    /// What kind of thing it was done to.
    pub target_kind: String,
    /// Its id.
    pub target_id: String,
    /// Its name at the time.
    pub target_name: String,
    /// The tenant that it concerns, if one.
    pub tenant_id: Option<TenantId>,
    /// Changed values before, a JSON object.
    pub before: Option<String>,
    /// Changed values after, a JSON object.
    pub after: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// The request it came with, as in the log and on error pages.
    pub request_id: Option<String>,
    /// What the command holds that would take it back, as JSON.
    pub inverse: Option<String>,
    /// Which command that is.
    pub undo_kind: Option<String>,
    /// The version of what it holds.
    pub undo_version: Option<i64>,
    /// The ids of what it is about. Not covered by the chain: it follows from the command.
    pub undo_subject: Option<String>,
    /// The event that this one took back.
    pub undoes: Option<EventId>,
    /// The person or the group that a change of a group or a tenant is about.
    pub member_id: Option<String>,
    /// Its place in the chain, counted from 1.
    pub seq: i64,
    /// How the keyed hash is made: see the chain.
    pub format: i64,
    /// Keyed hash over the row and the `mac` before it.
    pub mac: Vec<u8>,
    /// The event that took this one back; only the log's pages ask for it.
    #[sqlx(default)]
    pub undone_by: Option<EventId>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_changed_is_kept() {
        let (before, after) = differences(Some(json!({"a": 1, "b": 2})), Some(json!({"a": 1, "b": 3, "c": null})));
        assert_eq!((before.as_deref(), after.as_deref()), (Some(r#"{"b":2}"#), Some(r#"{"b":3,"c":null}"#)));
        assert_eq!(differences(Some(json!({"a": 1})), Some(json!({"a": 1}))), (None, None));
    }
}
