//! Making and changing tenants.

use serde::{Deserialize, Serialize};

use super::{
    input::{NewTenant, TenantUpdate},
    queries::{require, require_everywhere, taken},
    removal::DeleteTenant,
    store::{self, Tenant},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{
        error::FieldErrors,
        id::{ROOT_TENANT, TenantId},
    },
};

/// Makes a tenant; from everywhere only, because nothing in a tenant reaches outside it.
#[derive(Clone, Debug)]
pub struct AddTenant {
    /// Its own from now on.
    pub id: TenantId,
    /// What it is.
    pub tenant: NewTenant,
}

impl Command for AddTenant {
    const ACTION: Action = Action::AddTenant;
    type Done = Tenant;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Tenant>> {
        require_everywhere(ctx)?;
        require_parent(ctx, tx, self.tenant.parent).await?;
        if !store::insert(ctx.now(), tx, self.id, &self.tenant).await? {
            return Err(taken());
        }
        let tenant = require(ctx, tx, self.id).await?;
        let change = Change::new(Self::ACTION, tenant.target())
            .of(Some(tenant.id))
            .after(tenant.state())
            .undo(&DeleteTenant { tenant: tenant.id, version: tenant.version });
        Ok(Applied::changed(tenant, change))
    }
}

async fn require_parent(ctx: &Ctx, conn: &mut Conn, parent: Option<TenantId>) -> Result<()> {
    if let Some(parent) = parent
        && store::find(ctx.tenant(), conn, parent).await?.is_none()
    {
        return Err(FieldErrors::one("parent", "choose a tenant of the list").into());
    }
    Ok(())
}

/// Changes a tenant's name, type and parent; refuses if somebody else changed it since.
#[derive(Debug, Serialize, Deserialize)]
pub struct UpdateTenant {
    /// Which.
    pub tenant: TenantId,
    /// To what.
    #[serde(flatten)]
    pub update: TenantUpdate,
}

impl Command for UpdateTenant {
    const ACTION: Action = Action::UpdateTenant;
    type Done = Tenant;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Tenant>> {
        let (id, update) = (self.tenant, &self.update);
        let before = require(ctx, tx, id).await?;
        let same = (&before.name, before.use_, before.parent_id) == (&update.name, update.use_, update.parent);
        if same && before.version == update.version {
            return Ok(Applied::unchanged(before));
        }
        if update.parent != before.parent_id {
            check_move(ctx, tx, id, update.parent).await?;
        }
        if !store::update(tx, id, update).await? {
            return Err(Error::Stale);
        }
        let after = require(ctx, tx, id).await?;
        let change = Change::new(Self::ACTION, after.target())
            .of(Some(id))
            .before(before.state())
            .after(after.state())
            .undo(&Self { tenant: id, update: before.as_it_is(after.version) });
        Ok(Applied::changed(after, change))
    }
}

impl UndoCommand for UpdateTenant {
    const KIND: &'static str = "update-tenant";

    fn subject(&self) -> String {
        self.tenant.to_string()
    }
}

/// A tenant is moved from everywhere only, never below itself, and the root stays on top.
async fn check_move(ctx: &Ctx, tx: &mut Tx, id: TenantId, parent: Option<TenantId>) -> Result<()> {
    require_everywhere(ctx)?;
    require_parent(ctx, tx, parent).await?;
    let Some(parent) = parent else {
        return Ok(());
    };
    if id == ROOT_TENANT {
        return Err(FieldErrors::one("parent", "the root is above all others and stays there").into());
    }
    match store::is_below(tx, id, parent).await? {
        true => Err(FieldErrors::one("parent", "a tenant can't be below itself").into()),
        false => Ok(()),
    }
}
