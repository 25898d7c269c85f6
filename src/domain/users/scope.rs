//! Where what is given to somebody everywhere counts.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{guards, queries::require, store};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::{self, administrators},
        action::Action,
        affected::Affected,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::{id::UserId, scope::TenantScope},
};

/// Says where what somebody has everywhere counts; refuses if it isn't `from` any more. Nobody lifts the limit who holds
/// less than would count then.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SetTenantScope {
    /// Whose.
    pub user: UserId,
    /// What it is.
    pub from: TenantScope,
    /// What it shall be.
    pub to: TenantScope,
}

impl Command for SetTenantScope {
    const ACTION: Action = Action::SetTenantScope;
    type Done = ();

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let Self { user: id, from, to } = *self;
        let user = require(ctx, tx, id).await?;
        if ctx.tenant().is_some() {
            return Err(Refused::OfInstallation.into());
        }
        if store::scope(tx, id).await? != Some(from) {
            return Err(Error::Stale);
        }
        guards::require_not_above_caller(ctx, tx, id).await?;
        if to != TenantScope::List {
            ctx.require_covers(&access::load::person(tx, id).await?.unbounded(ctx.now()))?;
        }
        let watch = administrators::watch(ctx, tx).await?;
        store::set_scope(tx, id, to).await?;
        watch.check(ctx, tx).await?;
        let change = Change::new(Self::ACTION, user.target())
            .before(json!({ "everywhere is": from }))
            .after(json!({ "everywhere is": to }))
            .undo(&Self { user: id, from: to, to: from });
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for SetTenantScope {
    const KIND: &'static str = "set-tenant-scope";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}
