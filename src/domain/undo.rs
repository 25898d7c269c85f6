//! Taking a recorded change back: each event may carry its inverse, which is run as a command of its own. It
//! needs the permission of that command and follows its rules; it is recorded, and can be undone in turn.

use serde::{Deserialize, Serialize};
use sqlx::query_scalar;
use uuid::Uuid;

use super::{
    ctx::Ctx,
    error::{Error, Refused, Result},
    events::{self, Event},
    grants, groups, roles, tenants,
    users::{self, Profile},
    verb::Verb,
};
use crate::{
    db::{Tx, on, statements},
    model::{
        id::{EventId, GrantId, GroupId, RoleId, TenantId, UserId},
        tenant::{MembershipStatus, TenantType},
        timestamp::Timestamp,
    },
};

statements! {
    /// The same was done again later: that is another change, which this undo must leave alone.
    DONE_AGAIN = "select id from events where target_kind = $1 and target_id = $2 and seq > $3
        and substr(inverse, 1, length($4)) = $4 limit 1";
    OF_REQUEST = "select id from events where request_id = $1 and inverse is not null order by seq desc limit $2";
}

/// A command that takes a change back. Versions say what it may take back: what was changed again later stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the verb of the same name, with its arguments")]
pub enum Inverse {
    EnableUser { user: UserId, disabled_at: Option<Timestamp> },
    DisableUser { user: UserId },
    UpdateUser { user: UserId, from: Profile, to: Profile },
    DeleteUser { user: UserId, version: i64, last_sign_in_at: Option<Timestamp>, unused: bool },
    RestoreUser { user: UserId },
    Give { grant: Box<grants::Grant> },
    Take { grant: GrantId, version: i64 },
    SetTerms { grant: GrantId, version: i64, from: Option<Timestamp>, until: Option<Timestamp>, reason: String },
    SetRole { role: RoleId, version: i64, to: i64 },
    DeleteRole { role: RoleId, version: i64, unused: bool },
    RestoreRole { role: RoleId },
    UpdateGroup { group: GroupId, version: i64, name: String, description: String },
    DeleteGroup { group: GroupId, version: i64, unused: bool },
    RestoreGroup { group: GroupId },
    AddToGroup { group: GroupId, member: groups::Member },
    RemoveFromGroup { group: GroupId, member: groups::Member },
    UpdateTenant { tenant: TenantId, version: i64, name: String, use_: TenantType, parent: Option<TenantId> },
    AddMembership(Box<tenants::Left>),
    SetMembership { user: UserId, tenant: TenantId, version: i64, status: MembershipStatus },
    RemoveMembership { user: UserId, tenant: TenantId, unused: bool },
    MakeOwner { user: UserId, tenant: TenantId, instead_of: UserId },
}

/// One request changes at most this many things (a bulk change of users).
const REQUEST_MAX: i64 = users::BULK_MAX as i64;

/// Takes one recorded change back.
pub async fn undo(ctx: &Ctx, event: EventId) -> Result<()> {
    ctx.require(Verb::Undo)?;
    let mut tx = ctx.begin().await?;
    undo_in(ctx, &mut tx, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes back all that one request changed, or nothing: the newest change first.
pub async fn undo_request(ctx: &Ctx, request: Uuid) -> Result<usize> {
    ctx.require(Verb::Undo)?;
    let mut tx = ctx.begin().await?;
    let request = request.to_string();
    let events: Vec<EventId> =
        on!(tx, |c| query_scalar(OF_REQUEST).bind(request).bind(REQUEST_MAX).fetch_all(c).await?);
    if events.is_empty() {
        return Err(Error::NotFound("change"));
    }
    for event in &events {
        undo_in(ctx, &mut tx, *event).await?;
    }
    tx.commit().await?;
    Ok(events.len())
}

async fn undo_in(ctx: &Ctx, tx: &mut Tx, id: EventId) -> Result<()> {
    let (event, undone_by) = events::find(ctx, tx, id).await?;
    if undone_by.is_some() {
        return Err(Refused::Undone.into());
    }
    let inverse: Inverse = match event.inverse.as_deref().map(serde_json::from_str) {
        Some(Ok(inverse)) => inverse,
        _ => return Err(Refused::NotUndoable.into()),
    };
    let same = begins(&inverse, event.inverse.as_deref().unwrap_or_default());
    run(&ctx.undoing(id), tx, inverse).await.map_err(conflict)?;
    // Asked last: whether the caller may do this at all is the command's to say.
    match done_again(tx, &event, &same).await? {
        true => Err(Refused::ChangedSince.into()),
        false => Ok(()),
    }
}

/// How the inverse of the same change begins. A membership is another one each time; whose it was is not.
fn begins(inverse: &Inverse, text: &str) -> String {
    let whose = match inverse {
        Inverse::AddMembership(left) => left.user().to_string(),
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

/// What an inverse can't find any more, or finds changed, was changed again later.
fn conflict(error: Error) -> Error {
    match error {
        Error::Stale | Error::NotFound(_) | Error::Invalid(_) => Refused::ChangedSince.into(),
        other => other,
    }
}

async fn run(ctx: &Ctx, tx: &mut Tx, inverse: Inverse) -> Result<()> {
    match inverse {
        Inverse::EnableUser { user, disabled_at } => users::enable_again_in(ctx, tx, user, disabled_at).await,
        Inverse::DisableUser { user } => users::disable_again_in(ctx, tx, user).await,
        Inverse::UpdateUser { user, from, to } => users::set_profile_in(ctx, tx, user, (from, to)).await,
        Inverse::DeleteUser { user, version, last_sign_in_at, unused } => {
            let seen = users::Seen { version, last_sign_in_at, unused };
            users::delete_unchanged_in(ctx, tx, user, seen).await
        }
        Inverse::RestoreUser { user } => users::restore_in(ctx, tx, user).await,
        Inverse::Give { grant } => give(ctx, tx, *grant).await,
        Inverse::Take { grant, version } => grants::take_in(ctx, tx, grant, version).await.map(drop),
        Inverse::SetTerms { grant, version, from, until, reason } => {
            let to = grants::Window { from, until, reason };
            grants::set_terms_in(ctx, tx, (grant, version), to).await.map(drop)
        }
        Inverse::SetRole { role, version, to } => {
            ctx.require(Verb::UpdateRole)?;
            roles::set_to_version_in(ctx, tx, (&role, to), version).await.map(drop)
        }
        Inverse::DeleteRole { role, version, unused } => {
            ctx.require(Verb::DeleteRole)?;
            match unused {
                true => roles::delete_unused_in(ctx, tx, &role, version).await,
                false => roles::delete_in(ctx, tx, &role, version).await.map(drop),
            }
        }
        Inverse::RestoreRole { role } => roles::restore_in(ctx, tx, &role).await.map(drop),
        other => run_in_place(ctx, tx, other).await,
    }
}

/// The inverses that concern groups and tenants.
async fn run_in_place(ctx: &Ctx, tx: &mut Tx, inverse: Inverse) -> Result<()> {
    match inverse {
        Inverse::UpdateGroup { group, version, name, description } => {
            let update = groups::GroupUpdate { name, description, version };
            groups::update_in(ctx, tx, group, &update).await.map(drop)
        }
        Inverse::DeleteGroup { group, version, unused: true } => {
            groups::delete_unused_in(ctx, tx, group, version).await
        }
        Inverse::DeleteGroup { group, version, .. } => groups::delete_in(ctx, tx, group, version).await.map(drop),
        Inverse::RestoreGroup { group } => groups::restore_in(ctx, tx, group).await.map(drop),
        Inverse::AddToGroup { group, member } => match groups::add_in(ctx, tx, group, member).await? {
            (_, true) => Ok(()),
            (_, false) => Err(Error::Stale),
        },
        Inverse::RemoveFromGroup { group, member } => groups::remove_in(ctx, tx, group, member).await.map(drop),
        Inverse::UpdateTenant { tenant, version, name, use_, parent } => {
            let update = tenants::TenantUpdate { name, use_, parent, version };
            tenants::update_in(ctx, tx, tenant, &update).await.map(drop)
        }
        Inverse::AddMembership(left) => tenants::return_in(ctx, tx, *left).await,
        Inverse::SetMembership { user, tenant, version, status } => {
            tenants::set_status_in(ctx, tx, (user, tenant), (status, version)).await
        }
        Inverse::RemoveMembership { user, tenant, unused } => {
            tenants::remove_again_in(ctx, tx, (user, tenant), unused).await
        }
        Inverse::MakeOwner { user, tenant, instead_of } => {
            tenants::make_owner_again_in(ctx, tx, (user, tenant), instead_of).await
        }
        // [`run`] has done the others.
        _ => Err(Refused::NotUndoable.into()),
    }
}

/// Gives back what was taken, on its old terms, unless the same was given again since.
async fn give(ctx: &Ctx, tx: &mut Tx, grant: grants::Grant) -> Result<()> {
    ctx.require(Verb::Give)?;
    grants::give_back_in(ctx, tx, grant).await
}
