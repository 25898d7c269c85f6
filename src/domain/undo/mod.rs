//! Taking a recorded change back: each event may carry its inverse, which is run as a command of its own. It
//! needs the permission of that command and follows its rules; it is recorded, and can be undone in turn.

mod inverse;
mod rehearsal;

use sqlx::{query_as, query_scalar};
use uuid::Uuid;

pub use self::{inverse::Inverse, rehearsal::what_if_undone};
use super::{
    ctx::Ctx,
    error::{Error, Refused, Result},
    events::{self, Event},
    users,
    verb::Verb,
};
use crate::{
    db::{Tx, on, statements},
    model::{
        id::{EventId, TenantId},
        permission::Permission,
    },
};

statements! {
    /// The same was done again later: that is another change, which this undo must leave alone.
    DONE_AGAIN = "select id from events where target_kind = $1 and target_id = $2 and seq > $3
        and substr(inverse, 1, length($4)) = $4 limit 1";
    CHANGED_LATER = "select id from events where target_kind = $1 and target_id = $2 and seq > $3 limit 1";
    OF_REQUEST = "select id from events where request_id = $1 and inverse is not null order by seq desc limit $2";
    /// What a request of one user did that an undo would take back: how much of it is left to take back from where
    /// the caller works, and what it was done to, where that is one thing.
    DONE_BY_REQUEST = "select count(*) filter (where (cast($3 as uuid) is null or e.tenant_id = $3)
            and not exists (select 1 from events u where u.undoes = e.id)),
            case when min(e.target_id) = max(e.target_id) then max(e.target_name) end
        from events e where e.request_id = $1 and e.actor_id = $2 and e.inverse is not null";
}

/// One request changes at most this many things (a bulk change of users).
const REQUEST_MAX: i64 = users::BULK_MAX as i64;

/// Why all that a request changed stays as it is.
#[derive(Debug)]
pub struct Stuck {
    /// The change that can't be taken back, if it is one of them that stands in the way.
    pub event: Option<EventId>,
    /// Why.
    pub why: Error,
}

impl From<Error> for Stuck {
    fn from(why: Error) -> Self {
        Self { event: None, why }
    }
}

/// Takes one recorded change back.
pub async fn undo(ctx: &Ctx, event: EventId) -> Result<()> {
    ctx.require(Verb::Undo)?;
    let mut tx = ctx.begin().await?;
    undo_in(ctx, &mut tx, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes back all that one request changed, or nothing: the newest change first.
pub async fn undo_request(ctx: &Ctx, request: Uuid) -> std::result::Result<usize, Stuck> {
    ctx.require(Verb::Undo)?;
    let mut tx = ctx.begin().await?;
    let events = of_request(&mut tx, request).await?;
    if events.is_empty() {
        return Err(Error::NotFound("change").into());
    }
    for event in &events {
        let undone = undo_in(ctx, &mut tx, *event).await;
        undone.map_err(|why| Stuck { event: Some(*event), why })?;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(events.len())
}

async fn of_request(tx: &mut Tx, request: Uuid) -> Result<Vec<EventId>> {
    Ok(on!(tx, |c| query_scalar(OF_REQUEST).bind(request.to_string()).bind(REQUEST_MAX).fetch_all(c).await?))
}

/// What the caller did with one request.
#[derive(Debug)]
pub struct Deed {
    /// The name of what it was done to, where that is one thing.
    pub to: Option<String>,
    /// Whether the caller may still ask to have something of it taken back.
    pub can_be_undone: bool,
}

/// What the caller did with `request`, as far as an undo would take it back.
pub async fn deed(ctx: &Ctx, request: Uuid) -> Result<Deed> {
    let (mut conn, here): (_, Option<TenantId>) = (ctx.read().await?, ctx.tenant());
    let (left, to): (i64, Option<String>) = on!(conn, |c| query_as(DONE_BY_REQUEST)
        .bind(request.to_string())
        .bind(ctx.user()?.id)
        .bind(here)
        .fetch_one(c)
        .await?);
    Ok(Deed { to, can_be_undone: left > 0 && ctx.may(Permission::AuditUndo) })
}

async fn undo_in(ctx: &Ctx, tx: &mut Tx, id: EventId) -> Result<()> {
    let event = events::find(ctx, tx, id).await?;
    if event.undone_by.is_some() {
        return Err(Refused::Undone.into());
    }
    let inverse = inverse_of(&event)?;
    let same = begins(&inverse, event.inverse.as_deref().unwrap_or_default());
    if let Err(error) = inverse::run(&ctx.undoing(id), tx, inverse).await {
        return Err(conflict(tx, &event, error).await?);
    }
    // Asked last: whether the caller may do this at all is the command's to say.
    match done_again(tx, &event, &same).await? {
        true => Err(Refused::ChangedSince.into()),
        false => Ok(()),
    }
}

fn inverse_of(event: &Event) -> Result<Inverse> {
    let inverse = event.inverse.as_deref().and_then(|text| serde_json::from_str(text).ok());
    inverse.ok_or(Refused::NotUndoable.into())
}

/// How the inverse of the same change begins. A membership is another one each time, and not always new; whose it was,
/// and where, is the same.
fn begins(inverse: &Inverse, text: &str) -> String {
    let whose = match inverse {
        Inverse::AddMembership(left) => left.user().to_string(),
        Inverse::RemoveMembership { tenant, .. } => tenant.to_string(),
        _ => return text.to_owned(),
    };
    let end = text.find(&whose).map_or(text.len(), |start| start + whose.len());
    text.get(..end).unwrap_or(text).to_owned()
}

async fn done_again(tx: &mut Tx, event: &Event, same: &str) -> Result<bool> {
    let again: Option<EventId> = on!(tx, |c| query_scalar(DONE_AGAIN)
        .bind(&event.target_kind)
        .bind(&event.target_id)
        .bind(event.seq)
        .bind(same)
        .fetch_optional(c)
        .await?);
    Ok(again.is_some())
}

async fn changed_later(tx: &mut Tx, event: &Event) -> Result<bool> {
    let later: Option<EventId> = on!(tx, |c| query_scalar(CHANGED_LATER)
        .bind(&event.target_kind)
        .bind(&event.target_id)
        .bind(event.seq)
        .fetch_optional(c)
        .await?);
    Ok(later.is_some())
}

/// What stands in the way of an undo, where its command says only that it can't be done. Nothing is changed before
/// a command finds that out, so that the transaction still answers.
async fn conflict(tx: &mut Tx, event: &Event, error: Error) -> Result<Error> {
    Ok(match error {
        Error::NotFound(what) => Refused::Gone(what).into(),
        // A form would ask for another one.
        Error::Invalid(fields) if fields.of("role").is_some() => Refused::Gone("role").into(),
        Error::Invalid(fields) => {
            let messages: Vec<&str> = fields.iter().map(|(_, message)| message).collect();
            Error::InTheWay(messages.join("; "))
        }
        Error::Stale if !changed_later(tx, event).await? => Refused::UsedSince.into(),
        Error::Stale => Refused::ChangedSince.into(),
        other => other,
    })
}
