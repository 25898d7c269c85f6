//! Invitations: memberships that wait until whoever was invited opens them.

use sqlx::query_as;

use crate::{
    db::{on, statements},
    domain::{action::Action, ctx::Ctx, error::Result, keyset::PAGE},
    model::{
        id::{MembershipId, TenantId, UserId},
        timestamp::Timestamp,
    },
};

/// What is read of an invitation; $1 is now, and $2 the one before which the page begins.
macro_rules! columns {
    () => {
        "select m.id, m.user_id, m.tenant_id, t.name as tenant_name, u.login, m.created_at,
            (select max(c.expires_at) from codes c where c.user_id = m.user_id and c.purpose = 'activation'
                and c.tenant_id = m.tenant_id and c.used_at is null and c.expires_at > $1) as works_until
        from memberships m cross join users u cross join tenants t
        where m.status = 'pending' and m.kind = 'human' and u.id = m.user_id and t.id = m.tenant_id and m.id < $2"
    };
}

statements! {
    ALL = concat!(columns!(), " order by m.id desc limit $3");
    OF_TENANT = concat!(columns!(), " and m.tenant_id = $4 order by m.id desc limit $3");
}

/// After everything: no id is greater.
const NEWEST: MembershipId = MembershipId(uuid::Uuid::max());

/// An invitation. Whoever is known elsewhere is called by their address here, like everybody else: it was typed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invitation {
    /// The membership that waits.
    pub id: MembershipId,
    /// Whose.
    pub user_id: UserId,
    /// Into which tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// Where the mail went.
    pub login: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when its link works; nothing where none does.
    pub works_until: Option<Timestamp>,
}

/// One page of the invitations that are seen from where the caller works, the newest first, and the one before which the
/// next begins.
pub async fn list(ctx: &Ctx, before: Option<MembershipId>) -> Result<(Vec<Invitation>, Option<MembershipId>)> {
    ctx.require(Action::ListUsers)?;
    let (conn, before) = (&mut *ctx.read().await?, before.unwrap_or(NEWEST));
    let mut rows: Vec<Invitation> = match ctx.tenant() {
        None => on!(conn, |c| query_as(ALL).bind(ctx.now()).bind(before).bind(PAGE + 1).fetch_all(c).await?),
        Some(tenant) => on!(conn, |c| query_as(OF_TENANT)
            .bind(ctx.now())
            .bind(before)
            .bind(PAGE + 1)
            .bind(tenant)
            .fetch_all(c)
            .await?),
    };
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}
