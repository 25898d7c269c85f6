//! Giving, changing and taking.

use serde_json::json;

use super::{
    draft::{Holder, Renewal, Terms, What},
    store::{self, Grant, GrantView},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        clock::exact,
        ctx::Ctx,
        engine::{
            Holdings, administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change, Target},
        groups, roles, tenants,
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{ADMIN_ROLE, GrantId, GroupId, RoleId, UserId},
        permission::PermissionSet,
        scope::Scope,
        timestamp::Timestamp,
    },
};

/// What was given to a user directly.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<Vec<GrantView>> {
    ctx.require(Verb::ReadUser)?;
    let mut conn = ctx.read().await?;
    users::require(ctx, &mut conn, user).await?;
    store::show(ctx, &mut conn, Holder::User(user)).await
}

/// What was given to a group.
pub async fn of_group(ctx: &Ctx, group: GroupId) -> Result<Vec<GrantView>> {
    ctx.require(Verb::ReadGroup)?;
    let mut conn = ctx.read().await?;
    groups::require(ctx, &mut conn, group).await?;
    store::show(ctx, &mut conn, Holder::Group(group)).await
}

/// A grant that the caller may change, with whoever holds it.
pub async fn find(ctx: &Ctx, id: GrantId) -> Result<(Grant, Target)> {
    ctx.require(Verb::Renew)?;
    let mut conn = ctx.read().await?;
    let grant = require(ctx, &mut conn, id).await?;
    let (_, target) = holder(ctx, &mut conn, &grant).await?;
    Ok((grant, target))
}

/// A grant that counts where the caller works. From a tenant, what counts everywhere is seen and not touched.
async fn require(ctx: &Ctx, conn: &mut Conn, id: GrantId) -> Result<Grant> {
    let grant = store::find(conn, id).await?.ok_or(Error::NotFound("grant"))?;
    match (ctx.tenant(), grant.tenant_id) {
        (Some(here), Some(there)) if here != there => Err(Error::NotFound("grant")),
        (Some(_), None) => {
            holder(ctx, conn, &grant).await?;
            Err(Refused::OfInstallation.into())
        }
        _ => Ok(grant),
    }
}

/// Whoever holds a grant, who must be seen from where the caller works.
async fn holder(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<(Holder, Target)> {
    let holder = grant.holder().ok_or(Error::NotFound("grant"))?;
    Ok((holder, target(ctx, conn, holder).await?))
}

async fn target(ctx: &Ctx, conn: &mut Conn, holder: Holder) -> Result<Target> {
    Ok(match holder {
        Holder::User(user) => users::require(ctx, conn, user).await?.target(),
        Holder::Group(group) => groups::require(ctx, conn, group).await?.target(),
    })
}

/// What `change` to something that `holder` holds would do.
async fn what_if_held(ctx: &Ctx, holder: Holder, change: impl AsyncFnOnce(&mut Tx) -> Result<()>) -> Result<Effect> {
    match holder {
        Holder::User(user) => what_if(ctx, Affected::Users(&[user]), change).await,
        Holder::Group(group) => what_if(ctx, Affected::Group(group), change).await,
    }
}

/// Gives a role or a permission. Giving the same again changes how long it lasts.
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
    what_if_held(&dry, terms.to, async |tx| give_in(&dry, tx, terms).await.map(drop)).await
}

/// [`give`] within a larger change.
pub async fn give_in(ctx: &Ctx, tx: &mut Tx, terms: &Terms) -> Result<GrantId> {
    let gives = check(ctx, tx, terms).await?;
    ctx.require_covers(&Holdings::of(terms.scope, gives))?;
    let grant = new_grant(ctx, terms);
    give_terms_in(ctx, tx, grant).await
}

/// A role for a user who was just made, by a caller who may give it.
pub async fn give_role_in(ctx: &Ctx, tx: &mut Tx, user: UserId, role: &RoleId) -> Result<()> {
    ctx.require(Verb::Give)?;
    let terms = Terms::lasting(Holder::User(user), role.clone(), ctx.scope);
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
        valid_from: terms.from,
        expires_at: terms.until,
        reason: terms.reason.clone(),
        granted_by: ctx.user_id(),
        created_at: ctx.now(),
        version: 1,
    }
}

/// Whether the terms make sense together; answers what they give.
async fn check(ctx: &Ctx, tx: &mut Tx, terms: &Terms) -> Result<PermissionSet> {
    if ctx.tenant().is_some() && ctx.scope != terms.scope {
        return Err(FieldErrors::one("tenant", "choose the tenant that you work in").into());
    }
    if let Some(tenant) = terms.scope.tenant() {
        tenants::require(ctx, tx, tenant)
            .await
            .map_err(|_| FieldErrors::one("tenant", "choose a tenant of the list"))?;
        if let Holder::User(user) = terms.to
            && !tenants::is_member(tx, user, tenant).await?
        {
            let message = "they don't belong to this tenant, so it would never count; add them to it first";
            return Err(FieldErrors::one("tenant", message).into());
        }
    }
    let What::Role(id) = &terms.what else {
        return Ok(store::gives(ctx, tx, &terms.what).await?.unwrap_or_default());
    };
    let role = roles::find(ctx, tx, id).await?.ok_or_else(|| FieldErrors::one("role", "choose a role of the list"))?;
    match role.tenant_id.is_some() && role.scope() != terms.scope {
        true => Err(FieldErrors::one("role", "this role belongs to one tenant; give it there").into()),
        false => Ok(role.permissions()),
    }
}

/// Gives exactly this, to a holder who is there.
pub async fn give_terms_in(ctx: &Ctx, tx: &mut Tx, grant: Grant) -> Result<GrantId> {
    if let Some(held) = store::find_same(tx, &grant).await? {
        if (held.valid_from, held.expires_at) != (grant.valid_from, grant.expires_at) {
            let to = Window { from: grant.valid_from, until: grant.expires_at, reason: grant.reason };
            set_terms_in(ctx, tx, (held.id, held.version), to).await?;
        }
        return Ok(held.id);
    }
    let (_, target) = holder(ctx, tx, &grant).await?;
    store::insert(tx, &grant).await?;
    let inverse = Inverse::Take { grant: grant.id, version: grant.version };
    let change = Change::new(Verb::Give, target).of(grant.tenant_id).after(state(ctx, tx, &grant).await?);
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(grant.id)
}

/// Gives what was taken on its old terms, to whoever is still there; refuses if it was given again meanwhile.
pub async fn give_back_in(ctx: &Ctx, tx: &mut Tx, grant: Grant) -> Result<()> {
    if store::find_same(tx, &grant).await?.is_some() {
        return Err(Refused::ChangedSince.into());
    }
    require_covers_grant(ctx, tx, &grant).await?;
    give_terms_in(ctx, tx, grant).await.map(drop)
}

/// What the audit log keeps of a grant.
async fn state(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<serde_json::Value> {
    let role = match &grant.role_id {
        Some(role) => roles::find(ctx, conn, role).await?.map(|role| role.name),
        None => None,
    };
    let tenant = match grant.tenant_id {
        Some(tenant) => tenants::name(conn, tenant).await?,
        None => None,
    };
    Ok(json!({
        "role": role,
        "permission": grant.permission,
        "in": tenant.unwrap_or_else(|| "everywhere".into()),
        "from": grant.valid_from.map(exact),
        "until": grant.expires_at.map(exact),
        "reason": grant.reason,
    }))
}

/// When a grant begins and ends, and why.
#[derive(Clone, Debug)]
pub struct Window {
    /// When it begins.
    pub from: Option<Timestamp>,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// Changes how long a grant lasts; refuses if somebody else changed it since.
pub async fn renew(ctx: &Ctx, id: GrantId, renewal: &Renewal) -> Result<Target> {
    ctx.require(Verb::Renew)?;
    let mut tx = ctx.begin().await?;
    let target = renew_in(ctx, &mut tx, id, renewal).await?;
    tx.commit().await?;
    Ok(target)
}

/// What [`renew`] would do now. What it does later, when the end comes, is in the grant itself.
pub async fn what_if_renewed(ctx: &Ctx, id: GrantId, renewal: &Renewal) -> Result<Effect> {
    ctx.require(Verb::Renew)?;
    let dry = ctx.rehearsing();
    let (grant, _) = find(ctx, id).await?;
    let holder = grant.holder().ok_or(Error::NotFound("grant"))?;
    what_if_held(&dry, holder, async |tx| renew_in(&dry, tx, id, renewal).await.map(drop)).await
}

async fn renew_in(ctx: &Ctx, tx: &mut Tx, id: GrantId, renewal: &Renewal) -> Result<Target> {
    let grant = require(ctx, tx, id).await?;
    let to = Window { from: grant.valid_from, until: renewal.until, reason: renewal.reason.clone() };
    set_terms_in(ctx, tx, (id, renewal.version), to).await
}

/// Sets when a grant begins and ends, within a larger change.
pub async fn set_terms_in(ctx: &Ctx, tx: &mut Tx, (id, version): (GrantId, i64), to: Window) -> Result<Target> {
    ctx.require(Verb::Renew)?;
    let before = require(ctx, tx, id).await?;
    if before.version != version {
        return Err(Error::Stale);
    }
    let (_, target) = holder(ctx, tx, &before).await?;
    require_covers_grant(ctx, tx, &before).await?;
    let watch = administrators::watch(tx, ctx.now()).await?;
    let after = Grant { valid_from: to.from, expires_at: to.until, reason: to.reason, ..before.clone() };
    if !store::set_terms(tx, &after, version).await? {
        return Err(Error::Stale);
    }
    watch.check(tx, ctx.now()).await?;
    let inverse = Inverse::SetTerms {
        grant: id,
        version: version + 1,
        from: before.valid_from,
        until: before.expires_at,
        reason: before.reason.clone(),
    };
    let change = Change::new(Verb::Renew, target.clone()).of(before.tenant_id).inverse(inverse);
    let (old, mut new) = (state(ctx, tx, &before).await?, state(ctx, tx, &after).await?);
    // Which grant it was must be said, though it didn't change.
    if let Some(map) = new.as_object_mut() {
        map.insert(
            "access".into(),
            old.get("role").filter(|role| !role.is_null()).or(old.get("permission")).cloned().unwrap_or_default(),
        );
    }
    events::record(ctx, tx, change.before(old).after(new)).await?;
    Ok(target)
}

async fn require_covers_grant(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let gives = match grant.what() {
        Some(what) => store::gives(ctx, conn, &what).await?.unwrap_or_default(),
        None => PermissionSet::default(),
    };
    ctx.require_covers(&Holdings::of(grant.scope(), gives))
}

/// Takes a grant back.
pub async fn take(ctx: &Ctx, id: GrantId) -> Result<Target> {
    ctx.require(Verb::Take)?;
    let mut tx = ctx.begin().await?;
    let target = take_in(ctx, &mut tx, id, None).await?;
    tx.commit().await?;
    Ok(target)
}

/// What [`take`] would do.
pub async fn what_if_taken(ctx: &Ctx, id: GrantId) -> Result<Effect> {
    ctx.require(Verb::Take)?;
    let dry = ctx.rehearsing();
    let grant = require(ctx, &mut ctx.read().await?, id).await?;
    let holder = grant.holder().ok_or(Error::NotFound("grant"))?;
    what_if_held(&dry, holder, async |tx| take_in(&dry, tx, id, None).await.map(drop)).await
}

/// [`take`] within a larger change; with `seen`, only if nobody changed it since.
pub async fn take_in(ctx: &Ctx, tx: &mut Tx, id: GrantId, seen: Option<i64>) -> Result<Target> {
    ctx.require(Verb::Take)?;
    let grant = require(ctx, tx, id).await?;
    if seen.is_some_and(|seen| seen != grant.version) {
        return Err(Error::Stale);
    }
    let (_, target) = holder(ctx, tx, &grant).await?;
    require_covers_grant(ctx, tx, &grant).await?;
    let watch = administrators::watch(tx, ctx.now()).await?;
    let state = state(ctx, tx, &grant).await?;
    store::delete(tx, id).await?;
    watch.check(tx, ctx.now()).await?;
    let change = Change::new(Verb::Take, target.clone()).of(grant.tenant_id).before(state);
    events::record(ctx, tx, change.inverse(Inverse::Give { grant: Box::new(grant) })).await?;
    Ok(target)
}
