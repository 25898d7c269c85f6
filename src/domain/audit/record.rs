//! Writing into the log: who, what, when, from where, before and after, in the change's own transaction.

use serde_json::{Map, Value};

use super::{
    chain,
    event::Event,
    whose::{self, Concern},
};
use crate::{
    db::Tx,
    domain::{
        calling::{Caller, CallingUser, Proof},
        change::Change,
        ctx::Ctx,
        error::Result,
    },
    model::id::{EventId, UserId},
};

/// Writes the change into the log, within its transaction, and says in which tenants it is found.
pub async fn record(ctx: &Ctx, tx: &mut Tx, mut change: Change) -> Result<EventId> {
    let concern = Concern {
        action: change.action,
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
    let (undo_kind, undo_version, undo_data, undo_subject) = match change.undo {
        Some(undo) => (Some(undo.kind.to_owned()), Some(undo.version), Some(undo.data), Some(undo.subject)),
        None => (None, None, None, None),
    };
    Event {
        id: EventId(ctx.id()),
        at: ctx.now(),
        actor_kind: kind.to_owned(),
        actor_id,
        actor_name,
        action: change.action.name().to_owned(),
        target_kind: change.target.kind.to_owned(),
        target_id: change.target.id,
        target_name: change.target.name,
        tenant_id: change.tenant.or(ctx.tenant()),
        before,
        after,
        address: ctx.origin.address.map(|address| address.to_string()),
        request_id: ctx.origin.request_id.map(|id| id.to_string()),
        undo_data,
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
        (None, Caller::User(user)) => ("user", Some(user.id), named_with_token(user)),
        (None, Caller::Client(client)) => ("client", None, client.name.clone()),
        (None, Caller::KeyPair(pair)) => ("key_pair", None, pair.name.clone()),
        (None, Caller::CommandLine) => ("command_line", None, "command line".into()),
        (None, Caller::System) => ("system", None, "Castellan".into()),
        (None, Caller::Anonymous) => ("anonymous", None, "somebody not signed in".into()),
    }
}

/// A person's name, with that of the token by which a program acts for them.
fn named_with_token(user: &CallingUser) -> String {
    match &user.by {
        Proof::Token(_, token) => format!("{} (token {token})", user.name),
        _ => user.name.clone(),
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
