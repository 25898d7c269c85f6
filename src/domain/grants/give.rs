//! Giving.

use super::{
    change::{Window, about, require_covers_grant, require_lasts, set_terms_in},
    draft::{Holder, Terms, What},
    read::{Held, holder, state},
    store::{self, Grant},
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine::{
            self,
            what_if::{Effect, what_if},
        },
        error::{Refused, Result},
        events::{self, Change},
        roles, tenants,
        undo::Inverse,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{ADMIN_ROLE, GrantId, RoleId, UserId},
        scope::Scope,
    },
};

/// Gives a role or a permission. Giving the same again on the same terms is not an error.
pub async fn give(ctx: &Ctx, terms: &Terms) -> Result<GrantId> {
    ctx.require(Verb::Give)?;
    let mut tx = ctx.begin().await?;
    let id = give_in(ctx, &mut tx, terms).await?;
    tx.commit().await?;
    Ok(id)
}

/// What [`give`] would do.
pub async fn what_if_given(ctx: &Ctx, terms: &Terms) -> Result<Effect> {
    ctx.require(Verb::Give)?;
    let dry = ctx.rehearsing();
    let about = about(ctx, &new_grant(ctx, terms)).await?;
    what_if(&dry, &about, async |tx| give_in(&dry, tx, terms).await.map(drop)).await
}

/// [`give`] within a larger change.
pub async fn give_in(ctx: &Ctx, tx: &mut Tx, terms: &Terms) -> Result<GrantId> {
    let grant = new_grant(ctx, terms);
    check(ctx, tx, &grant).await?;
    give_terms_in(ctx, tx, grant).await
}

/// A role for a user who was just made, by a caller who may give it there.
pub async fn give_role_in(ctx: &Ctx, tx: &mut Tx, (user, scope): (UserId, Scope), role: &RoleId) -> Result<()> {
    ctx.require(Verb::Give)?;
    let terms = Terms::lasting(Holder::User(user), role.clone(), scope);
    give_in(ctx, tx, &terms).await.map(drop)
}

/// Makes a user an administrator, asking nobody: set-up has its own guard.
pub async fn make_administrator_in(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    let terms = Terms::lasting(Holder::User(user), RoleId(ADMIN_ROLE.into()), Scope::Everywhere);
    give_terms_in(ctx, tx, new_grant(ctx, &terms)).await.map(drop)
}

fn new_grant(ctx: &Ctx, terms: &Terms) -> Grant {
    let (user_id, group_id) = match terms.to {
        Holder::User(user) => (Some(user), None),
        Holder::Group(group) => (None, Some(group)),
    };
    let (role_id, permission) = match &terms.what {
        What::Role(role) => (Some(role.clone()), None),
        What::Permission(permission) => (None, Some(permission.name().to_owned())),
    };
    Grant {
        id: GrantId(ctx.id()),
        user_id,
        group_id,
        role_id,
        permission,
        tenant_id: terms.scope.tenant(),
        // A beginning that is past is none: nobody held it before it was given.
        valid_from: terms.from.filter(|from| *from > ctx.now()),
        expires_at: terms.until,
        reason: terms.reason.clone(),
        granted_by: ctx.user_id(),
        created_at: ctx.now(),
        version: 1,
    }
}

/// Whether it can count at all, and the caller holds what it gives.
async fn check(ctx: &Ctx, tx: &mut Tx, grant: &Grant) -> Result<()> {
    check_place(ctx, tx, grant).await?;
    if let Some(id) = &grant.role_id {
        let role = roles::find(ctx, tx, id).await?;
        let role = role.ok_or_else(|| FieldErrors::one("role", "choose a role of the list"))?;
        if role.tenant_id.is_some() && role.scope() != grant.scope() {
            return Err(FieldErrors::one("role", "this role belongs to one tenant; give it there").into());
        }
    }
    require_covers_grant(ctx, tx, grant).await?;
    require_covers_unbounded(ctx, tx, grant).await?;
    require_lasts(ctx, tx, grant).await
}

/// Whoever gets something everywhere holds everywhere what they had so far in single tenants only.
async fn require_covers_unbounded(ctx: &Ctx, tx: &mut Tx, grant: &Grant) -> Result<()> {
    match (grant.user_id, grant.tenant_id) {
        (Some(user), None) => ctx.require_covers(&engine::person(tx, user).await?.unbounded(ctx.now())),
        _ => Ok(()),
    }
}

async fn check_place(ctx: &Ctx, tx: &mut Tx, grant: &Grant) -> Result<()> {
    if ctx.tenant().is_some() && ctx.scope != grant.scope() {
        return Err(FieldErrors::one("tenant", "choose the tenant that you work in").into());
    }
    let Some(tenant) = grant.tenant_id else {
        return Ok(());
    };
    let found = tenants::require(ctx, tx, tenant).await;
    found.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
    if let Some(user) = grant.user_id
        && !tenants::is_member(tx, user, tenant).await?
    {
        let message = "they don't belong to this tenant, so it would never count; add them to it first";
        return Err(FieldErrors::one("tenant", message).into());
    }
    Ok(())
}

/// Gives exactly this, to a holder who is there. What has ended is begun anew. On other terms it is the giver's to
/// change what is held already, who has seen those then.
pub async fn give_terms_in(ctx: &Ctx, tx: &mut Tx, grant: Grant) -> Result<GrantId> {
    if let Some(held) = store::find_same(tx, &grant).await? {
        let what = if grant.role_id.is_some() { "role" } else { "permission" };
        return match (held.valid_from, held.expires_at) == (grant.valid_from, grant.expires_at) {
            true => Ok(held.id),
            false if held.last_moment() < ctx.now() => begin_anew(ctx, tx, &held, grant).await,
            false => Err(FieldErrors::one(what, "they have it already; change on their page how long it lasts").into()),
        };
    }
    let Held { target, log_of } = holder(ctx, tx, &grant).await?;
    store::insert(tx, &grant).await?;
    let inverse = Inverse::Take { grant: grant.id, version: grant.version };
    let change = Change::new(Verb::Give, target).of(log_of).after(state(ctx, tx, &grant).await?);
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(grant.id)
}

async fn begin_anew(ctx: &Ctx, tx: &mut Tx, ended: &Grant, grant: Grant) -> Result<GrantId> {
    let to = Window { from: grant.valid_from, until: grant.expires_at, reason: grant.reason };
    set_terms_in(ctx, tx, (ended.id, ended.version), to).await?;
    Ok(ended.id)
}

/// Gives what was taken on its old terms, if it can still be given; refuses if it was given again meanwhile.
pub async fn give_back_in(ctx: &Ctx, tx: &mut Tx, grant: Grant) -> Result<()> {
    if store::find_same(tx, &grant).await?.is_some() {
        return Err(Refused::ChangedSince.into());
    }
    check(ctx, tx, &grant).await?;
    give_terms_in(ctx, tx, grant).await.map(drop)
}
