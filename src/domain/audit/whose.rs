//! In which tenants an event is found: the one that it concerns, and every one that the person belonged to whom it is about.

use crate::{
    db::{Conn, Tx, on, statements},
    domain::{action::Action, error::Result},
    model::id::{TenantId, UserId},
};

statements! {
    OF_TENANT = "insert into tenants_of_events (tenant, event) values ($1, $2) on conflict (tenant, event) do nothing";
    OF_PERSON = "insert into tenants_of_events (tenant, event)
        select tenant_id, $2 from memberships where user_id = $1 on conflict (tenant, event) do nothing";
    IS_OF = "select count(*) from tenants_of_events where tenant = $1 and event = $2";
}

/// Whether a change is about a person themself, rather than about their place or access somewhere.
const fn is_about_a_person(action: Action) -> bool {
    matches!(
        action,
        Action::UpdateUser
            | Action::DisableUser
            | Action::EnableUser
            | Action::DeleteUser
            | Action::RestoreUser
            | Action::UnlockUser
            | Action::LockSignIn
            | Action::MakePasswordLink
            | Action::SendPasswordLink
            | Action::SetPassword
            | Action::ChangePassword
            | Action::ResetPassword
            | Action::ResetSecondFactor
            | Action::BindSecondFactor
            | Action::MakeRecoveryCodes
            | Action::RemoveSecondFactor
            | Action::AddPasskey
            | Action::RenamePasskey
            | Action::DeletePasskey
    )
}

/// Whom and what a change concerns, as far as tenants look for it.
pub struct Concern {
    /// What was done.
    pub action: Action,
    /// What it was done to.
    pub target: (&'static str, String),
    /// The tenant that it concerns, if one.
    pub tenant: Option<TenantId>,
    /// Tenants that the person belonged to before the change and doesn't any more.
    pub left: Vec<TenantId>,
}

/// Says of the event at a place of the log in which tenants it is found.
pub async fn attribute(tx: &mut Tx, event: i64, concern: Concern) -> Result<()> {
    for tenant in concern.tenant.into_iter().chain(concern.left) {
        on!(tx, |c| sqlx::query(OF_TENANT).bind(tenant).bind(event).execute(c).await?.rows_affected());
    }
    if let ("user", id) = concern.target
        && is_about_a_person(concern.action)
        && let Ok(user) = id.parse::<UserId>()
    {
        on!(tx, |c| sqlx::query(OF_PERSON).bind(user).bind(event).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Whether the event at a place of the log is found in a tenant.
pub async fn is_of(conn: &mut Conn, event: i64, tenant: TenantId) -> Result<bool> {
    let found: i64 = on!(conn, |c| sqlx::query_scalar(IS_OF).bind(tenant).bind(event).fetch_one(c).await?);
    Ok(found > 0)
}
