//! Giving access.

use serde::{Deserialize, Serialize};

use super::{
    commands::{RemoveAccess, SetTerms, affected},
    guards::{require_covers_unbounded, require_lasts, require_not_above_caller},
    input::NewGrant,
    queries::{HolderOf, holder, state},
    store::{self, Grant},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        engine::what_if::Affected,
        error::{Refused, Result},
        events::Change,
        roles, tenants,
        verb::Verb,
    },
    model::{error::FieldErrors, id::GrantId},
};

/// Gives a role or a permission. Giving the same again on the same terms is not an error. Answers which grant it is.
#[derive(Clone, Debug)]
pub struct GiveAccess {
    /// The new grant's own, unless the holder has the same already.
    pub id: GrantId,
    /// What, to whom, where and how long.
    pub grant: NewGrant,
}

impl Command for GiveAccess {
    const ACTION: Verb = Verb::Give;
    type Done = GrantId;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        affected(ctx, conn, &Grant::new(ctx, self.id, &self.grant)).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<GrantId>> {
        let grant = Grant::new(ctx, self.id, &self.grant);
        check(ctx, tx, &grant).await?;
        insert(ctx, tx, grant).await
    }
}

/// Whether it can count at all, and the caller holds what it gives.
async fn check(ctx: &Ctx, tx: &mut Tx, grant: &Grant) -> Result<()> {
    check_place(ctx, tx, grant).await?;
    if let Some(id) = &grant.role_id {
        let role = roles::store::find(ctx, tx, id).await?;
        let role = role.ok_or_else(|| FieldErrors::one("role", "choose a role of the list"))?;
        if role.tenant_id.is_some() && role.scope() != grant.scope() {
            return Err(FieldErrors::one("role", "this role belongs to one tenant; give it there").into());
        }
    }
    require_not_above_caller(ctx, tx, grant).await?;
    require_covers_unbounded(ctx, tx, grant).await?;
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
pub async fn insert(ctx: &Ctx, tx: &mut Tx, grant: Grant) -> Result<Applied<GrantId>> {
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
    let change = Change::new(Verb::Give, target)
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
}

impl Command for GiveBack {
    const ACTION: Verb = Verb::Give;
    type Done = GrantId;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        affected(ctx, conn, &self.grant).await
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<GrantId>> {
        if store::find_same(tx, &self.grant).await?.is_some() {
            return Err(Refused::ChangedSince.into());
        }
        check(ctx, tx, &self.grant).await?;
        insert(ctx, tx, (*self.grant).clone()).await
    }
}

impl UndoCommand for GiveBack {
    const KIND: &'static str = "give";

    fn subject(&self) -> String {
        self.grant.id.to_string()
    }
}
