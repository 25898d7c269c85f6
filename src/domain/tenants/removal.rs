//! Taking the making of a tenant back, and bringing it again. Only undoing reaches this: what a tenant was used for
//! is never deleted with it.

use serde::{Deserialize, Serialize};
use sqlx::query_scalar;

use super::{
    input::NewTenant,
    queries::{require, require_everywhere, taken},
    store::{self, Tenant},
};
use crate::{
    db::{Tx, on, statements},
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
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

impl KeptTenant {
    fn tenant(&self) -> NewTenant {
        let (slug, name) = (self.slug.clone(), self.name.clone());
        NewTenant { slug, name, kind: self.kind, use_: self.use_, parent: self.parent }
    }
}

/// Removes a tenant in which nothing was done since the event that is being undone.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DeleteTenant {
    /// Which.
    pub tenant: TenantId,
    /// The version that it had then.
    pub version: i64,
}

impl Command for DeleteTenant {
    const ACTION: Action = Action::DeleteTenant;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let id = self.tenant;
        require_everywhere(ctx)?;
        let tenant = require(ctx, tx, id).await?;
        let made: Option<EventId> = ctx.undone_event();
        let uses: i64 = on!(tx, |c| query_scalar(USES).bind(id).bind(made).fetch_one(c).await?);
        if uses > 0 {
            return Err(Error::Stale);
        }
        let deleted = on!(tx, |c| sqlx::query(DELETE).bind(id).bind(self.version).execute(c).await?.rows_affected());
        if deleted == 0 {
            return Err(Error::Stale);
        }
        let change = Change::new(Self::ACTION, tenant.target()).of(Some(id)).before(tenant.state());
        Ok(Applied::changed((), change.undo(&RestoreTenant(Box::new(tenant.into())))))
    }
}

impl UndoCommand for DeleteTenant {
    const KIND: &'static str = "delete-tenant";

    fn subject(&self) -> String {
        self.tenant.to_string()
    }
}

/// Brings a tenant back whose making was undone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RestoreTenant(Box<KeptTenant>);

impl Command for RestoreTenant {
    const ACTION: Action = Action::RestoreTenant;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let kept = &self.0;
        require_everywhere(ctx)?;
        if let Some(parent) = kept.parent
            && store::find(ctx.tenant(), tx, parent).await?.is_none()
        {
            return Err(Error::NotFound("tenant above it"));
        }
        let (id, version) = (kept.id, kept.version + 1);
        if !store::insert(ctx.now(), tx, id, &kept.tenant()).await? {
            return Err(taken());
        }
        on!(tx, |c| sqlx::query(RESTORE)
            .bind(id)
            .bind(kept.created_at)
            .bind(version)
            .execute(c)
            .await?
            .rows_affected());
        let tenant = require(ctx, tx, id).await?;
        let change = Change::new(Self::ACTION, tenant.target())
            .of(Some(id))
            .after(tenant.state())
            .undo(&DeleteTenant { tenant: id, version });
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for RestoreTenant {
    const KIND: &'static str = "restore-tenant";

    fn subject(&self) -> String {
        self.0.id.to_string()
    }
}
