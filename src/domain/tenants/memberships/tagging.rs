//! What a tenant keeps of its members beside them: tags, and when a program that counts last changed them.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::query_scalar;

use super::queries::both;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        users,
    },
    model::id::{TenantId, UserId},
};

statements! {
    TAGS = "select tags from memberships where user_id = $1 and tenant_id = $2";
    SET_TAGS = "update memberships set tags = $3 where user_id = $1 and tenant_id = $2";
    TOUCH = "update memberships set updated_at = $3 where user_id = $1 and tenant_id = $2";
}

/// The tags of a member, in the order in which they were said.
pub async fn tags(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<Vec<String>> {
    let text: Option<String> = on!(conn, |c| query_scalar(TAGS).bind(user).bind(tenant).fetch_optional(c).await?);
    Ok(text.map(|text| serde_json::from_str(&text).unwrap_or_default()).unwrap_or_default())
}

/// Gives a member other tags; refuses if they aren't `from` any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetTags {
    /// Whom.
    pub user: UserId,
    /// Where.
    pub tenant: TenantId,
    /// What they are.
    pub from: Vec<String>,
    /// What they shall be.
    pub to: Vec<String>,
}

impl Command for SetTags {
    const ACTION: Action = Action::UpdateMembership;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let (tenant, membership) = both(ctx, tx, self.user, self.tenant).await?;
        if tags(tx, self.user, tenant.id).await? != self.from {
            return Err(Error::Stale);
        }
        if self.from == self.to {
            return Ok(Applied::unchanged(()));
        }
        let text = json!(self.to).to_string();
        on!(tx, |c| sqlx::query(SET_TAGS)
            .bind(membership.user_id)
            .bind(tenant.id)
            .bind(&text)
            .execute(c)
            .await?
            .rows_affected());
        let name = users::queries::require(ctx, tx, self.user).await?.display_name;
        let change = Change::new(Self::ACTION, tenant.target())
            .of(Some(tenant.id))
            .about(self.user)
            .before(json!({ "tags": self.from.join(", ") }))
            .after(json!({ "member": name, "tags": self.to.join(", ") }))
            .undo(&Self { from: self.to.clone(), to: self.from.clone(), ..*self });
        Ok(Applied::changed((), change))
    }
}

impl UndoCommand for SetTags {
    const KIND: &'static str = "set-tags";

    fn subject(&self) -> String {
        format!("{} {}", self.user, self.tenant)
    }
}

/// Notes that a member was changed, beside the changes themselves, which are the events (contract 001, `updateTime`).
#[derive(Clone, Copy, Debug)]
pub struct NoteUpdate {
    /// Whom.
    pub user: UserId,
    /// Where.
    pub tenant: TenantId,
}

impl Command for NoteUpdate {
    const ACTION: Action = Action::UpdateMembership;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let now = ctx.now();
        on!(tx, |c| sqlx::query(TOUCH).bind(self.user).bind(self.tenant).bind(now).execute(c).await?.rows_affected());
        Ok(Applied::unchanged(()))
    }
}
