//! The audit log: every verb writes who, what, when, from where, before and after, in its own transaction.

use serde_json::{Map, Value};
use sqlx::query_as;

use super::{
    ctx::{Caller, Ctx},
    error::Result,
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::{EventId, UserId},
        page::Page,
        permission::Permission,
        timestamp::Timestamp,
    },
};

statements! {
    INSERT = "insert into events (id, at, actor_kind, actor_id, actor_name, verb, target_kind, target_id,
            target_name, before, after, address, request_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    LATEST = "select id, at, actor_kind, actor_id, actor_name, verb, target_kind, target_id, target_name,
            before, after, address from events where id < $1 order by id desc limit $2";
    OF_TARGET = "select id, at, actor_kind, actor_id, actor_name, verb, target_kind, target_id, target_name,
            before, after, address from events where target_kind = $1 and target_id = $2 order by id desc limit $3";
    TOTAL = "select count(*) from events";
}

/// Rows of one page.
const PAGE: i64 = 50;
/// Above every UUIDv7.
const END: EventId = EventId(uuid::Uuid::max());

/// What a verb did, before it is written.
#[derive(Debug)]
pub struct Change {
    verb: &'static str,
    target: Target,
    before: Option<Value>,
    after: Option<Value>,
    actor: Option<(UserId, String)>,
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

    /// The sign-in page. What was typed there is not kept: it may be a password in the wrong box.
    #[must_use]
    pub fn sign_in() -> Self {
        Self { kind: "page", id: "/signin".into(), name: "sign-in".into() }
    }
}

impl Change {
    /// `verb` (`noun.action`) done to `target`.
    #[must_use]
    pub fn new(verb: &'static str, target: Target) -> Self {
        Self { verb, target, before: None, after: None, actor: None }
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

    /// Names the actor where the caller is still a stranger: sign-in and set-up.
    #[must_use]
    pub fn by(mut self, id: UserId, name: &str) -> Self {
        self.actor = Some((id, name.to_owned()));
        self
    }
}

/// Writes the change into the log, within its transaction.
pub async fn record(ctx: &Ctx, tx: &mut Tx, change: Change) -> Result<()> {
    let (kind, actor_id, actor_name) = actor(ctx, change.actor);
    let (before, after) = differences(change.before, change.after);
    let address = ctx.origin.address.map(|address| address.to_string());
    let request = ctx.origin.request_id.map(|id| id.to_string());
    on!(tx, |c| sqlx::query(INSERT)
        .bind(ctx.id())
        .bind(ctx.now())
        .bind(kind)
        .bind(actor_id)
        .bind(actor_name)
        .bind(change.verb)
        .bind(change.target.kind)
        .bind(change.target.id)
        .bind(change.target.name)
        .bind(before)
        .bind(after)
        .bind(address)
        .bind(request)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

fn actor(ctx: &Ctx, named: Option<(UserId, String)>) -> (&'static str, Option<UserId>, String) {
    match (named, &ctx.caller) {
        (Some((id, name)), _) => ("user", Some(id), name),
        (None, Caller::User(user)) => ("user", Some(user.id), user.name.clone()),
        (None, Caller::CommandLine) => ("command_line", None, "command line".into()),
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
    /// Rises with time.
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
    /// Changed values before, a JSON object.
    pub before: Option<String>,
    /// Changed values after, a JSON object.
    pub after: Option<String>,
    /// From where.
    pub address: Option<String>,
}

/// The newest events before the one that the cursor names.
pub async fn list(ctx: &Ctx, older_than: Option<EventId>) -> Result<Page<Event>> {
    ctx.require(Permission::AuditRead)?;
    let mut conn = ctx.read().await?;
    let from = older_than.unwrap_or(END);
    let mut rows: Vec<Event> = on!(conn, |c| query_as(LATEST).bind(from).bind(PAGE + 1).fetch_all(c).await?);
    let total = on!(conn, |c| sqlx::query_scalar(TOTAL).fetch_one(c).await?);
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let after = rows.last().filter(|_| more).map(|event| event.id.to_string());
    Ok(Page { rows, total, before: None, after })
}

/// The latest events of one user, for their page.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<Vec<Event>> {
    ctx.require(Permission::AuditRead)?;
    Ok(on!(conn, |c| query_as(OF_TARGET).bind("user").bind(user.to_string()).bind(20_i64).fetch_all(c).await?))
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
