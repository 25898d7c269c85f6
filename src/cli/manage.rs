//! What is done in one way with client credentials, tokens and key pairs on the command line.

use serde_json::{Value, json};

use super::{lookup::reason, nouns::Manage, out::Said};
use crate::{
    domain::{
        clock::exact,
        commands::run,
        credentials::{Credential, Delete, Disable, Enable, Rename},
        ctx::Ctx,
        error::Error,
    },
    model::timestamp::Timestamp,
};

/// Enables, disables, renames or deletes one.
pub async fn manage<C: Credential>(ctx: &Ctx, id: C::Id, command: Manage) -> Result<Said, String> {
    let said = match command {
        Manage::Enable { .. } => about(&run(ctx, Enable::<C> { id }).await.map_err(reason)?, "is enabled"),
        Manage::Disable { .. } => about(&run(ctx, Disable::<C> { id }).await.map_err(reason)?, "is disabled"),
        Manage::Rename { name, .. } => {
            let version = found::<C>(ctx, id).await?.version().to_string();
            let rename = Rename::<C>::parse(id, &name, &version).map_err(reason)?;
            about(&run(ctx, rename).await.map_err(reason)?, "has this name now")
        }
        Manage::Delete { .. } => {
            let version = found::<C>(ctx, id).await?.version();
            about(&run(ctx, Delete::<C> { id, version }).await.map_err(reason)?, "is deleted")
        }
    };
    Ok(said)
}

/// The one with this id, as it is now.
pub async fn found<C: Credential>(ctx: &Ctx, id: C::Id) -> Result<C, String> {
    let mut conn = ctx.read().await.map_err(reason)?;
    C::require(ctx, &mut conn, id).await.map_err(reason)
}

/// The one with this id, if it is there.
pub async fn find<C: Credential>(ctx: &Ctx, id: C::Id) -> Result<Option<C>, String> {
    let mut conn = ctx.read().await.map_err(reason)?;
    match C::require(ctx, &mut conn, id).await {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(reason(error)),
    }
}

/// What became of one.
pub fn about<C: Credential>(credential: &C, what: &str) -> Said {
    let name = credential.name();
    Said(format!("{name} {what}"), json!({"id": credential.id(), "name": name}))
}

/// Whether it works, when it ends and when it was last used: for the end of a line, and for an object.
pub fn state(
    (disabled, expires): (Option<Timestamp>, Option<Timestamp>),
    last_used: Option<Timestamp>,
    now: Timestamp,
) -> (String, Value) {
    let state = match (disabled, expires) {
        (Some(_), _) => "disabled",
        (None, Some(end)) if end <= now => "expired",
        _ => "enabled",
    };
    let ends = expires.map_or_else(String::new, |end| format!("  until {}", exact(end)));
    let used = last_used.map_or_else(|| "never".to_owned(), exact);
    let object = json!({"state": state, "expires": expires.map(exact), "last_used": last_used.map(exact)});
    (format!("{state}{ends}  last used {used}"), object)
}

/// An object with the members of another.
pub fn with(mut object: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}
