//! Taking a recorded change back: each event may carry a command that does it. It needs the permission of that command and
//! follows its rules; it is recorded, and can be undone in turn.

use futures_util::future::BoxFuture;
use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use super::{bulk::BULK_MAX, each};
use crate::{
    db::{Tx, on, statements},
    domain::{
        access::preview::{
            effect::Effect,
            trial::{Trial, try_out},
        },
        action::Action,
        audit::{self, event::Event},
        clients,
        command::{AnyCommand, UndoCommand},
        ctx::Ctx,
        error::{Error, Refused, Result},
        grants, groups, key_pairs, roles, tenants, tokens, turn, users,
    },
    model::{
        id::{EventId, TenantId, UserId},
        permission::Permission,
    },
};

statements! {
    /// The same was done again later: that is another change, which this undo must leave alone. A later change that was
    /// undone doesn't count, nor does its undoing, nor this one's.
    DONE_AGAIN = "select e.id from events e where e.undo_subject = $1 and e.undo_kind = $2 and e.seq > $3
        and not exists (select 1 from events u where u.undoes = e.id)
        and not exists (select 1 from events u where u.id = e.undoes and u.undo_subject = $1 and u.undo_kind = $2
            and u.seq >= $3)
        limit 1";
    CHANGED_LATER = "select id from events where target_kind = $1 and target_id = $2 and seq > $3 limit 1";
    OF_REQUEST = "select id from events where request_id = $1 and undo_data is not null order by seq desc limit $2";
    /// What a request of one user did that an undo would take back: how much of it is left to take back from where
    /// the caller works, and what it was done to, where that is one thing.
    DONE_BY_REQUEST = "select count(*) filter (where (cast($3 as uuid) is null or e.tenant_id = $3)
            and not exists (select 1 from events u where u.undoes = e.id)),
            case when min(e.target_id) = max(e.target_id) then max(e.target_name) end
        from events e where e.request_id = $1 and e.actor_id = $2 and e.undo_data is not null";
}

/// Declares which commands the log may hold. One that is missing here could be recorded and never be read again.
macro_rules! undo_commands {
    ($($command:ty),+ $(,)?) => {
        /// The kinds of commands that the log may hold.
        pub const KINDS: &[&str] = &[$(<$command>::KIND),+];

        /// Reads a command of the log; `None` where it can't be one.
        #[must_use]
        pub fn read(kind: &str, data: &str) -> Option<Box<dyn AnyCommand>> {
            $(if kind == <$command>::KIND {
                let command: $command = serde_json::from_str(data).ok()?;
                return Some(Box::new(command));
            })+
            None
        }
    };
}

undo_commands! {
    users::access::DisableUser,
    users::access::EnableUser,
    users::commands::SetProfile,
    users::scope::SetTenantScope,
    users::allowlist::SetAllowlist,
    users::removal::DeleteUser,
    users::removal::RestoreUser,
    clients::credential::DisableClient,
    clients::credential::EnableClient,
    clients::credential::RenameClient,
    clients::editing::UpdateClient,
    clients::credential::DeleteClient,
    tokens::credential::DisableToken,
    tokens::credential::EnableToken,
    tokens::credential::RenameToken,
    tokens::credential::DeleteToken,
    key_pairs::credential::DisableKeyPair,
    key_pairs::credential::EnableKeyPair,
    key_pairs::credential::RenameKeyPair,
    key_pairs::credential::DeleteKeyPair,
    grants::give::RemoveAccess,
    grants::give::ReplaceAccess,
    grants::terms::SetTerms,
    grants::give::GiveBack,
    roles::commands::RollBackRole,
    roles::removal::DeleteRole,
    roles::removal::RestoreRole,
    roles::requiring::RequireFactorOfRole,
    groups::commands::AddToGroup,
    groups::commands::RemoveFromGroup,
    groups::commands::UpdateGroup,
    groups::removal::DeleteGroup,
    groups::removal::RestoreGroup,
    tenants::commands::UpdateTenant,
    tenants::asked::SetSettings,
    tenants::settings::SetTenantSettings,
    tenants::removal::DeleteTenant,
    tenants::removal::RestoreTenant,
    tenants::memberships::commands::SetMembership,
    tenants::memberships::tagging::SetTags,
    tenants::memberships::leaving::ReturnMembership,
    tenants::memberships::leaving::TakeBackMembership,
    tenants::memberships::ownership::EndOwnership,
    tenants::memberships::ownership::ReturnOwnership,
}

/// One request changes at most this many things (a bulk change of users).
const REQUEST_MAX: i64 = BULK_MAX as i64;

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
    ctx.require(Action::Undo)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    one(&ctx, &mut tx, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes back all that one request changed, or nothing: the newest change first.
pub async fn undo_request(ctx: &Ctx, request: Uuid) -> std::result::Result<usize, Stuck> {
    ctx.require(Action::Undo)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let events = of_request(&mut tx, request).await?;
    if events.is_empty() {
        return Err(Error::NotFound("change").into());
    }
    for event in &events {
        let undone = one(&ctx, &mut tx, *event).await;
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
pub struct RequestSummary {
    /// The name of what it was done to, where that is one thing.
    pub to: Option<String>,
    /// Whether the caller may still ask to have something of it taken back.
    pub can_be_undone: bool,
}

/// What the caller did with `request`, as far as an undo would take it back.
pub async fn request_summary(ctx: &Ctx, request: Uuid) -> Result<RequestSummary> {
    let (mut conn, here): (_, Option<TenantId>) = (ctx.read().await?, ctx.tenant());
    let (left, to): (i64, Option<String>) = on!(conn, |c| query_as(DONE_BY_REQUEST)
        .bind(request.to_string())
        .bind(ctx.user()?.id)
        .bind(here)
        .fetch_one(c)
        .await?);
    Ok(RequestSummary { to, can_be_undone: left > 0 && ctx.may(Permission::AuditUndo) })
}

async fn one(ctx: &Ctx, tx: &mut Tx, id: EventId) -> Result<()> {
    let event = audit::list::find(ctx, tx, id).await?;
    let command = command_of(&event)?;
    let ctx = &ctx.undoing(id);
    ctx.require(command.action())?;
    let done = match each(ctx, tx, &*command).await {
        Ok(true) => Ok(()),
        // Somebody did by hand what this would do.
        Ok(false) => Err(Error::Stale),
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        return Err(in_the_way(tx, &event, error).await?);
    }
    // Asked last: whether the caller may do this at all is the command's to say.
    match done_again(tx, &event).await? {
        true => Err(Refused::ChangedSince.into()),
        false => Ok(()),
    }
}

/// The command that takes an event back, unless it was.
fn command_of(event: &Event) -> Result<Box<dyn AnyCommand>> {
    if event.undone_by.is_some() {
        return Err(Refused::Undone.into());
    }
    let command = event.undo_kind.as_deref().zip(event.undo_data.as_deref()).and_then(|(kind, data)| read(kind, data));
    command.ok_or(Refused::NotUndoable.into())
}

async fn done_again(tx: &mut Tx, event: &Event) -> Result<bool> {
    let again: Option<EventId> = on!(tx, |c| query_scalar(DONE_AGAIN)
        .bind(&event.undo_subject)
        .bind(&event.undo_kind)
        .bind(event.seq)
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
async fn in_the_way(tx: &mut Tx, event: &Event, error: Error) -> Result<Error> {
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

/// What taking `event` back would do to what people may do, or the rule that forbids it; `None` where it is about
/// something else than access. What is in its way is an error, as it is for the undo.
pub async fn preview_undo(ctx: &Ctx, event: &Event) -> Result<Option<Effect>> {
    ctx.require(Action::Undo)?;
    let command = match command_of(event) {
        Ok(command) => command,
        Err(Error::Refused(refused)) => return Ok(Some(Effect::refused(ctx.now(), refused))),
        Err(other) => return Err(other),
    };
    ctx.require(command.action())?;
    // What is gone, or may not be touched, is for the undo itself to refuse.
    let affected = match command.affects(ctx, &mut *ctx.read().await?).await {
        Err(Error::NotFound(_) | Error::Refused(_)) => None,
        found => found?,
    };
    let concerns = affected.is_some();
    let mut effect = try_out(ctx, &affected.unwrap_or_default(), &mut Undoing(event.id)).await?;
    // Somebody who comes back isn't there to be asked for their name.
    for change in &mut effect.changes {
        let name =
            |(id, name): &(UserId, String)| (*id, if name.is_empty() { &event.target_name } else { name }.clone());
        change.named = change.named.iter().map(name).collect();
    }
    Ok((effect.refused.is_some() || concerns).then_some(effect))
}

struct Undoing(EventId);

impl Trial for Undoing {
    fn make<'a>(&'a mut self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(one(ctx, tx, self.0))
    }
}
