//! Reading the log: newest first, a page at a time, as the reader may see it.

use sqlx::query_as;

use super::{
    event::Event,
    query::{self, Bound, EventQuery},
    whose,
};
use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        mask,
    },
    model::{
        id::{EventId, UserId},
        page::Page,
        permission::Permission,
    },
};

statements! {
    FIND = "select id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, tenant_id,
            before, after, address, request_id, undo_data, undo_kind, undo_version, undo_subject, undoes, member_id, seq,
            format, mac,
            (select u.id from events u where u.undoes = events.id) as undone_by
        from events where id = $1";
}

/// Rows of one page.
const PAGE: usize = 50;
/// Rows of a user's own list.
const OF_USER: usize = 20;
/// Rows of what happened to something after an event.
const SINCE: usize = 5;

/// At most `limit` events that `query` asks for, as the caller may see them.
pub(super) async fn fetch(ctx: &Ctx, conn: &mut Conn, query: &EventQuery, limit: usize) -> Result<Vec<Event>> {
    let bound = query::bound(ctx, conn, query).await?;
    fetch_bound(ctx, conn, &bound, limit).await
}

async fn fetch_bound(ctx: &Ctx, conn: &mut Conn, bound: &Bound, limit: usize) -> Result<Vec<Event>> {
    let events = query::fetch(conn, bound, limit).await?;
    Ok(events.into_iter().map(|event| as_seen(ctx, event)).collect())
}

/// Other people's phone numbers are masked in the log as they are on their pages. What was done to a person elsewhere says
/// in a tenant what became of them; who did it in another tenant, and from where, is that one's.
fn as_seen(ctx: &Ctx, mut event: Event) -> Event {
    if let Some(here) = ctx.tenant().filter(|here| event.tenant_id != Some(*here)) {
        if event.tenant_id.is_some() {
            (event.actor_id, event.actor_name) = (None, "somebody in another tenant".to_owned());
            (event.address, event.request_id) = (None, None);
        }
        event.tenant_id = Some(here);
    }
    let own = ctx.user_id().is_some_and(|id| event.target_kind == "user" && event.target_id == id.to_string());
    if !own && !ctx.may(Permission::DataUnmask) {
        event.before = event.before.as_deref().map(mask::state);
        event.after = event.after.as_deref().map(mask::state);
    }
    event
}

/// One page of the log.
pub async fn list(ctx: &Ctx, query: &EventQuery) -> Result<Page<Event>> {
    ctx.require(Action::ReadAudit)?;
    let mut conn = ctx.read().await?;
    let bound = query::bound(ctx, &mut conn, query).await?;
    let mut rows = fetch_bound(ctx, &mut conn, &bound, PAGE + 1).await?;
    let total = query::count(&mut conn, &bound).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let after = rows.last().filter(|_| more).map(|event| event.seq.to_string());
    Ok(Page { rows, total, before: None, after })
}

/// The latest events about one user, for their page.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<Vec<Event>> {
    ctx.require(Action::ReadAudit)?;
    let query = EventQuery { about: vec![user], ..EventQuery::default() };
    fetch(ctx, conn, &query, OF_USER).await
}

/// The latest sign-ins of one user, those that were refused for good among them.
pub async fn sign_ins(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<Vec<Event>> {
    ctx.require(Action::ReadAudit)?;
    let actions = &[Action::SignIn, Action::RefuseSignIn, Action::LockSignIn];
    let query = EventQuery { about: vec![user], actions, ..EventQuery::default() };
    fetch(ctx, conn, &query, OF_USER).await
}

/// What happened to the same thing after `event`, the latest of it: for whoever may see the event itself.
pub async fn since(ctx: &Ctx, event: &Event) -> Result<Vec<Event>> {
    ctx.require(Action::Undo)?;
    let query = EventQuery {
        target_kind: Some(event.target_kind.clone()),
        target_ids: vec![event.target_id.clone()],
        ..EventQuery::default()
    };
    let latest = fetch(ctx, &mut *ctx.read().await?, &query, SINCE).await?;
    Ok(latest.into_iter().filter(|later| later.seq > event.seq).collect())
}

/// The event with this id, which the caller may see.
pub async fn find(ctx: &Ctx, conn: &mut Conn, id: EventId) -> Result<Event> {
    let event: Option<Event> = on!(conn, |c| query_as(FIND).bind(id).fetch_optional(c).await?);
    let event = event.ok_or(Error::NotFound("event"))?;
    if let Some(here) = ctx.tenant()
        && !whose::is_of(conn, event.seq, here).await?
    {
        return Err(Error::NotFound("event"));
    }
    Ok(as_seen(ctx, event))
}
