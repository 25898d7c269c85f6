//! Roles whose holders need a second factor.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::query_scalar;

use super::{queries::require, store};
use crate::{
    db::{Tx, on, statements},
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Refused, Result},
    },
    model::id::RoleId,
};

statements! {
    /// Who has a role now and no second factor yet; not more are counted than $3.
    WITHOUT = "select count(*) from (select distinct e.user_id from effective_grants e cross join users u
        where e.role_id = $1 and e.begins <= $2 and e.ends > $2 and u.id = e.user_id and u.second_factor = 'none'
            and u.disabled_at is null and u.kind = 'human'
            and not exists (select 1 from passkeys p where p.user_id = u.id)
        limit $3) as found";
}

/// More people aren't counted, because the role's page shows the number whenever it is opened.
const COUNTED: i64 = 1_000;

/// How many people who have a role would have to set up a second factor if it asked for one, and whether there are more.
pub async fn would_enrol(ctx: &Ctx, role: &RoleId) -> Result<(i64, bool)> {
    ctx.require(Action::RequireFactorOfRole)?;
    let conn = &mut *ctx.read().await?;
    require(ctx, conn, role).await?;
    let people: i64 =
        on!(conn, |c| query_scalar(WITHOUT).bind(role).bind(ctx.now()).bind(COUNTED + 1).fetch_one(c).await?);
    Ok((people.min(COUNTED), people > COUNTED))
}

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
