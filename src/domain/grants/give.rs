//! Giving access, and removing it.

use serde::{Deserialize, Serialize};

use super::{
    alone,
    guards::{affected, given, require_covers_unbounded, require_lasts, require_not_above_caller},
    input::{NewGrant, What},
    queries::{HolderOf, holder, require, state},
    store::{self, Grant},
    terms::SetTerms,
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::administrators,
        action::Action,
        affected::Affected,
        change::{Change, Target},
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Refused, Result},
        roles, tenants,
    },
    model::{
        error::FieldErrors,
        id::{GrantId, RoleId},
    },
};

/// Gives a role or a permission. Giving the same again on the same terms is not an error. Answers which grant it is.
#[derive(Clone, Debug)]
pub struct GiveAccess {
    /// The new grant's own, unless the holder has the same already.
    pub id: GrantId,
    /// What, to whom, where and how long.
    pub grant: NewGrant,
    /// Whether it counts only where everything counts that its holder has everywhere. Without it, what is given everywhere
    /// counts everywhere, and so does the rest from then on.
    pub keeps_scope: bool,
}

impl GiveAccess {
    /// Of what counts where it says that it does.
    #[must_use]
    pub const fn new(id: GrantId, grant: NewGrant) -> Self {
        Self { id, grant, keeps_scope: false }
    }
}

impl Grant {
    /// A grant that is not saved yet.
    pub fn new(ctx: &Ctx, id: GrantId, new: &NewGrant) -> Self {
        let (role_id, permission) = match &new.what {
            What::Role(role) => (Some(role.clone()), None),
            What::Permission(permission) => (None, Some(permission.name().to_owned())),
        };
        Self {
            id,
            user_id: new.to.user(),
            group_id: new.to.group(),
            role_id,
            permission,
            tenant_id: new.scope.tenant(),
            // A beginning that is past is none: nobody held it before it was given.
            valid_from: new.from.filter(|from| *from > ctx.now()),
            expires_at: new.until,
            reason: new.reason.clone(),
            granted_by: ctx.user_id(),
            created_at: ctx.now(),
            version: 1,
        }
    }
}

impl Command for GiveAccess {
    const ACTION: Action = Action::Give;
    type Done = GrantId;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        affected(ctx, conn, &Grant::new(ctx, self.id, &self.grant)).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<GrantId>> {
        let grant = Grant::new(ctx, self.id, &self.grant);
        check(ctx, tx, (&grant, self.keeps_scope)).await?;
        insert(ctx, tx, (grant, self.keeps_scope)).await
    }
}

/// Whether it can count at all, and the caller holds what it gives.
async fn check(ctx: &Ctx, tx: &mut Tx, (grant, keeps_scope): (&Grant, bool)) -> Result<()> {
    check_place(ctx, tx, grant).await?;
    if let Some(id) = &grant.role_id {
        let role = roles::store::find(ctx.tenant(), tx, id).await?;
        let role = role.ok_or_else(|| FieldErrors::one("role", "choose a role of the list"))?;
        if role.tenant_id.is_some() && role.scope() != grant.scope() {
            return Err(FieldErrors::one("role", "this role belongs to one tenant; give it there").into());
        }
    }
    alone::require(ctx, tx, grant).await?;
    require_not_above_caller(ctx, tx, grant).await?;
    if !keeps_scope {
        require_covers_unbounded(ctx, tx, grant).await?;
    }
    require_lasts(ctx, tx, grant).await
}

async fn check_place(ctx: &Ctx, tx: &mut Tx, grant: &Grant) -> Result<()> {
    if ctx.tenant().is_some() && ctx.scope != grant.scope() {
        return Err(FieldErrors::one("tenant", "choose the tenant that you work in").into());
    }
    let Some(tenant) = grant.tenant_id else {
        return Ok(());
    };
    let found = tenants::queries::require(ctx, tx, tenant).await;
    found.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
    if let Some(user) = grant.user_id
        && !tenants::memberships::store::is_member(tx, user, tenant).await?
    {
        let message = "they don't belong to this tenant, so it would never count; add them to it first";
        return Err(FieldErrors::one("tenant", message).into());
    }
    Ok(())
}

/// Gives exactly this, to a holder who is there, asking nobody whether they may. What has ended is begun anew. On other
/// terms it is the giver's to change what is held already, who has seen those then.
pub async fn insert(ctx: &Ctx, tx: &mut Tx, (grant, keeps_scope): (Grant, bool)) -> Result<Applied<GrantId>> {
    if let Some(held) = store::find_same(tx, &grant).await? {
        let what = if grant.role_id.is_some() { "role" } else { "permission" };
        return match (held.valid_from, held.expires_at) == (grant.valid_from, grant.expires_at) {
            true => Ok(Applied::unchanged(held.id)),
            false if held.last_moment() < ctx.now() => begin_anew(ctx, tx, &held, grant).await,
            false => Err(FieldErrors::one(what, "they have it already; change on their page how long it lasts").into()),
        };
    }
    let HolderOf { target, log_of } = holder(ctx, tx, &grant).await?;
    store::insert(tx, &grant).await?;
    if !keeps_scope {
        store::unbind(tx, &grant).await?;
    }
    let change = Change::new(Action::Give, target)
        .of(log_of)
        .after(state(ctx, tx, &grant).await?)
        .undo(&RemoveAccess { grant: grant.id, version: grant.version });
    Ok(Applied::changed(grant.id, change))
}

async fn begin_anew(ctx: &Ctx, tx: &mut Tx, ended: &Grant, grant: Grant) -> Result<Applied<GrantId>> {
    let (from, until, reason) = (grant.valid_from, grant.expires_at, grant.reason);
    let terms = SetTerms { grant: ended.id, version: ended.version, from, until, reason };
    let Applied { change, .. } = terms.apply(ctx, tx).await?;
    Ok(Applied { done: ended.id, change })
}

/// Gives what was taken on its old terms, if it can still be given; refuses if it was given again meanwhile.
#[derive(Debug, Serialize, Deserialize)]
pub struct GiveBack {
    /// As it was.
    pub grant: Box<Grant>,
    /// See [`GiveAccess`]; what was taken before there was this counted everywhere.
    #[serde(default)]
    pub keeps_scope: bool,
}

impl Command for GiveBack {
    const ACTION: Action = Action::Give;
    type Done = GrantId;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        affected(ctx, conn, &self.grant).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<GrantId>> {
        if store::find_same(tx, &self.grant).await?.is_some() {
            return Err(Refused::ChangedSince.into());
        }
        check(ctx, tx, (&self.grant, self.keeps_scope)).await?;
        insert(ctx, tx, ((*self.grant).clone(), self.keeps_scope)).await
    }
}

impl UndoCommand for GiveBack {
    const KIND: &'static str = "give";

    fn subject(&self) -> String {
        self.grant.id.to_string()
    }
}

/// Takes a grant back; refuses if somebody else changed it since `version`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RemoveAccess {
    /// Which.
    pub grant: GrantId,
    /// The version that somebody looked at.
    pub version: i64,
}

impl Command for RemoveAccess {
    const ACTION: Action = Action::Take;
    type Done = Target;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let grant = require(ctx, conn, self.grant).await?;
        affected(ctx, conn, &grant).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Target>> {
        let grant = require(ctx, tx, self.grant).await?;
        if self.version != grant.version {
            return Err(Error::Stale);
        }
        let HolderOf { target, log_of } = holder(ctx, tx, &grant).await?;
        require_not_above_caller(ctx, tx, &grant).await?;
        let watch = administrators::watch(ctx, tx).await?;
        let state = state(ctx, tx, &grant).await?;
        let keeps_scope = store::is_bounded(tx, &grant).await?;
        store::delete(tx, self.grant).await?;
        watch.check(ctx, tx).await?;
        let change = Change::new(Self::ACTION, target.clone())
            .of(log_of)
            .before(state)
            .undo(&GiveBack { grant: Box::new(grant), keeps_scope });
        Ok(Applied::changed(target, change))
    }
}

impl UndoCommand for RemoveAccess {
    const KIND: &'static str = "take";

    fn subject(&self) -> String {
        self.grant.to_string()
    }
}

/// Gives something else in place of what a grant gives, where it counts and as long; refuses if somebody else changed it
/// since `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReplaceAccess {
    /// Which.
    pub grant: GrantId,
    /// The version that somebody looked at.
    pub version: i64,
    /// The role that it shall give, unless one permission.
    pub role: Option<RoleId>,
    /// The permission that it shall give, unless a role.
    pub permission: Option<String>,
}

impl ReplaceAccess {
    /// Of a grant that somebody looked at in this version.
    #[must_use]
    pub fn by(grant: GrantId, version: i64, what: What) -> Self {
        let (role, permission) = match what {
            What::Role(role) => (Some(role), None),
            What::Permission(permission) => (None, Some(permission.name().to_owned())),
        };
        Self { grant, version, role, permission }
    }

    fn replaced(&self, before: &Grant) -> Grant {
        let (role_id, permission) = (self.role.clone(), self.permission.clone());
        Grant { role_id, permission, version: before.version + 1, ..before.clone() }
    }
}

impl Command for ReplaceAccess {
    const ACTION: Action = Action::Replace;
    type Done = Target;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let before = require(ctx, conn, self.grant).await?;
        let (old, new) = (given(ctx, conn, &before).await?, given(ctx, conn, &self.replaced(&before)).await?);
        Ok(before.holder().map(|holder| Affected::principal(holder, old.differing(new))))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Target>> {
        let before = require(ctx, tx, self.grant).await?;
        if before.version != self.version {
            return Err(Error::Stale);
        }
        let HolderOf { target, log_of } = holder(ctx, tx, &before).await?;
        let after = self.replaced(&before);
        if after.what() == before.what() {
            return Ok(Applied::unchanged(target));
        }
        require_not_above_caller(ctx, tx, &before).await?;
        check(ctx, tx, (&after, true)).await?;
        if store::find_same(tx, &after).await?.is_some() {
            let what = if after.role_id.is_some() { "role" } else { "permission" };
            return Err(FieldErrors::one(what, "they have it there already").into());
        }
        let watch = administrators::watch(ctx, tx).await?;
        let (old, new) = (state(ctx, tx, &before).await?, state(ctx, tx, &after).await?);
        store::delete(tx, before.id).await?;
        store::insert(tx, &after).await?;
        watch.check(ctx, tx).await?;
        let (role, permission) = (before.role_id, before.permission);
        let back = Self { grant: after.id, version: after.version, role, permission };
        let change = Change::new(Self::ACTION, target.clone()).of(log_of).before(old).after(new).undo(&back);
        Ok(Applied::changed(target, change))
    }
}

impl UndoCommand for ReplaceAccess {
    const KIND: &'static str = "replace";

    fn subject(&self) -> String {
        self.grant.to_string()
    }
}
