//! What a program keeps of a member, beside who they are.

use serde_json::{Map, Value, json};

use super::{queries::both, store};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command},
        ctx::Ctx,
        error::Result,
        users,
    },
    model::id::{TenantId, UserId},
};

/// Keeps attributes of somebody who was let in just now, as a program said them.
#[derive(Clone, Debug)]
pub struct KeepAttributes {
    /// Of whom.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// By their ids.
    pub attributes: Map<String, Value>,
}

impl Command for KeepAttributes {
    const ACTION: Action = Action::UpdateMembership;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let (tenant, membership) = both(ctx, tx, self.user, self.tenant).await?;
        store::set_attributes(tx, membership.id, &json!(self.attributes).to_string()).await?;
        let name = users::queries::require(ctx, tx, self.user).await?.display_name;
        // Only which they are: the log is read by more people than what they hold is for.
        let kept: Vec<&str> = self.attributes.keys().map(String::as_str).collect();
        let after = json!({ "member": name, "attributes": kept.join(", ") });
        let change = Change::new(Self::ACTION, tenant.target()).of(Some(tenant.id)).about(self.user).after(after);
        Ok(Applied::changed((), change))
    }
}
