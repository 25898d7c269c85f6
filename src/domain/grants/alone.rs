//! In a domain the administrator's role stands alone, whoever gives it and wherever (contract 004, rule 15).

use sqlx::query_scalar;

use super::store::Grant;
use crate::{
    db::{Conn, on, statements},
    domain::{ctx::Ctx, domain_rules::DomainRule, error::Result},
    model::id::ADMIN_ROLE,
};

statements! {
    /// Roles of the same holder in the same domain, which have not ended and may not stand beside it: others beside
    /// the administrator's ($6 and $7), or that one beside others.
    BESIDE = "select count(*) from grants g join tenants t on t.id = g.tenant_id
        where g.tenant_id = $1 and t.kind = 'domain' and (g.user_id = $2 or g.group_id = $3) and g.id <> $4
            and g.role_id is not null and (g.expires_at is null or g.expires_at > $5) and (g.role_id = $6) <> $7";
}

/// Refuses a role that would stand beside the administrator's, or that one beside others.
pub async fn require(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let (Some(role), Some(tenant)) = (&grant.role_id, grant.tenant_id) else {
        return Ok(());
    };
    let beside: i64 = on!(conn, |c| query_scalar(BESIDE)
        .bind(tenant)
        .bind(grant.user_id)
        .bind(grant.group_id)
        .bind(grant.id)
        .bind(ctx.now())
        .bind(ADMIN_ROLE)
        .bind(role.0 == ADMIN_ROLE)
        .fetch_one(c)
        .await?);
    match beside {
        0 => Ok(()),
        _ => Err(DomainRule::AdminAlone.into()),
    }
}
