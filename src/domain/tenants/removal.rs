//! Taking the making of a tenant back, and bringing it again. Only undoing reaches this: what a tenant was used for
//! is never deleted with it.

use serde::{Deserialize, Serialize};
use sqlx::query_scalar;

use super::{
    Draft,
    store::{self, Tenant},
    verbs::{require, taken},
};
use crate::{
    db::{Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
        events::{self, Change},
        undo::Inverse,
        verb::Verb,
    },
    model::{
        id::{EventId, TenantId},
        tenant::{TenantKind, TenantType},
        timestamp::Timestamp,
    },
};

statements! {
    /// What belongs to a tenant, and what was ever done in it after event $2: what was deleted there can come back.
    USES = "select (select count(*) from memberships where tenant_id = $1) + (select count(*) from groups where tenant_id = $1)
        + (select count(*) from roles where tenant_id = $1) + (select count(*) from tenants where parent_id = $1)
        + (select count(*) from clients where tenant_id = $1) + (select count(*) from key_pairs where tenant_id = $1)
        + (select count(*) from grants where tenant_id = $1) + (select count(*) from tokens where tenant_id = $1)
        + (select count(*) from codes where tenant_id = $1)
        + (select count(*) from events where tenant_id = $1 and seq > (select seq from events where id = $2))";
    DELETE = "delete from tenants where id = $1 and version = $2";
    RESTORE = "update tenants set created_at = $2, version = $3 where id = $1";
}

/// A tenant as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptTenant {
    id: TenantId,
    slug: String,
    name: String,
    kind: TenantKind,
    use_: TenantType,
    parent: Option<TenantId>,
    version: i64,
    created_at: Timestamp,
}

impl From<Tenant> for KeptTenant {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id,
            slug: tenant.slug,
            name: tenant.name,
            kind: tenant.kind,
            use_: tenant.use_,
            parent: tenant.parent_id,
            version: tenant.version,
            created_at: tenant.created_at,
        }
    }
}

/// Removes a tenant in which nothing was done since the event that is being undone.
pub async fn delete_unused_in(ctx: &Ctx, tx: &mut Tx, id: TenantId, seen: i64) -> Result<()> {
    ctx.require(Verb::DeleteTenant)?;
    if ctx.tenant().is_some() {
        return Err(Refused::OfInstallation.into());
    }
    let tenant = require(ctx, tx, id).await?;
    let made: Option<EventId> = ctx.undone_event();
    let uses: i64 = on!(tx, |c| query_scalar(USES).bind(id).bind(made).fetch_one(c).await?);
    if uses > 0 {
        return Err(Error::Stale);
    }
    let deleted = on!(tx, |c| sqlx::query(DELETE).bind(id).bind(seen).execute(c).await?.rows_affected());
    if deleted == 0 {
        return Err(Error::Stale);
    }
    let change = Change::new(Verb::DeleteTenant, tenant.target()).of(Some(id)).before(tenant.state());
    let inverse = Inverse::RestoreTenant(Box::new(tenant.into()));
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(())
}

/// Brings a tenant back whose making was undone.
pub async fn restore_in(ctx: &Ctx, tx: &mut Tx, kept: KeptTenant) -> Result<()> {
    ctx.require(Verb::RestoreTenant)?;
    if ctx.tenant().is_some() {
        return Err(Refused::OfInstallation.into());
    }
    if let Some(parent) = kept.parent
        && store::find(ctx, tx, parent).await?.is_none()
    {
        return Err(Error::NotFound("tenant above it"));
    }
    let (id, version) = (kept.id, kept.version + 1);
    let draft = Draft { slug: kept.slug, name: kept.name, kind: kept.kind, use_: kept.use_, parent: kept.parent };
    if !store::insert(ctx, tx, id, &draft).await? {
        return Err(taken());
    }
    on!(tx, |c| sqlx::query(RESTORE).bind(id).bind(kept.created_at).bind(version).execute(c).await?.rows_affected());
    let tenant = require(ctx, tx, id).await?;
    let inverse = Inverse::DeleteTenant { tenant: id, version };
    let change = Change::new(Verb::RestoreTenant, tenant.target()).of(Some(id)).after(tenant.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(())
}
