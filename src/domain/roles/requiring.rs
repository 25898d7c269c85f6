//! Roles whose holders need a second factor.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{queries::require, store};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Refused, Result},
    },
    model::id::RoleId,
};

/// Says whether everybody who has a role needs a second factor: whoever has none sets one up at their next sign-in. Built-in
/// roles can be asked for, too: it is no part of what they allow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequireFactorOfRole {
    /// Which role.
    pub role: RoleId,
    /// Whether they need one.
    pub required: bool,
}

impl Command for RequireFactorOfRole {
    const ACTION: Action = Action::RequireFactorOfRole;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let role = require(ctx, tx, &self.role).await?;
        if ctx.tenant().is_some() && role.tenant_id.is_none() {
            return Err(Refused::OfInstallation.into());
        }
        if !store::require_factor(tx, &role.id, self.required).await? {
            return Ok(Applied::unchanged(()));
        }
        let change = Change::new(Self::ACTION, role.target())
            .of(role.tenant_id)
            .before(json!({"second factor required": !self.required}))
            .after(json!({"second factor required": self.required}))
            .undo(&Self { role: role.id.clone(), required: !self.required });
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for RequireFactorOfRole {
    const KIND: &'static str = "require-factor-of-role";

    fn subject(&self) -> String {
        self.role.to_string()
    }
}
