//! What a change of what is asked of people would do to them.

use sqlx::query_scalar;

use super::{asked, asked_input::AskedUpdate, queries::require, settings::TenantSettings};
use crate::{
    db::{Conn, on, statements},
    domain::{action::Action, ctx::Ctx, error::Result},
    model::id::{TenantId, UserId},
};

statements! {
    /// Members without a second factor of whom nobody else requires one; not more are counted than $2.
    ENROL_IN = "select count(*) from (select m.user_id from memberships m cross join users u
        where m.tenant_id = $1 and m.status = 'active' and m.kind = 'human' and u.id = m.user_id
            and u.second_factor = 'none' and not u.second_factor_required and u.disabled_at is null
            and not exists (select 1 from memberships o join tenants t on t.id = o.tenant_id
                where o.user_id = m.user_id and o.status = 'active' and o.tenant_id <> $1
                    and t.settings like '%\"second_factor\":\"required\"%')
        limit $2) as found";
    /// The same of everybody: of the first $2 without one.
    ENROL = "select count(*) from (select id from users where id > $1 and second_factor = 'none'
            and not second_factor_required and disabled_at is null and kind = 'human' order by id limit $2) as found
        where not exists (select 1 from memberships o join tenants t on t.id = o.tenant_id
            where o.user_id = found.id and o.status = 'active' and t.settings like '%\"second_factor\":\"required\"%')";
}

/// More people aren't counted while somebody waits for the answer.
const COUNTED: i64 = 10_000;

/// Something that a change would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Would {
    /// So many people set up a second factor at their next sign-in, or more where so many aren't counted.
    Enrol(i64, bool),
    /// A second factor isn't asked any more of whoever has none.
    NotEnrol,
    /// Whoever has a shorter password than this chooses another at their next sign-in.
    LongerPasswords(usize),
    /// Shorter passwords can be chosen.
    ShorterPasswords,
    /// Sessions that begin from then on have other limits.
    Sessions,
}

/// What a change of what a tenant asks would do; or, without a tenant, of what is asked of everybody.
pub async fn would(ctx: &Ctx, tenant: Option<TenantId>, update: &AskedUpdate) -> Result<Vec<Would>> {
    let conn = &mut *ctx.read().await?;
    match tenant {
        Some(tenant) => {
            ctx.require(Action::SetTenantSettings)?;
            require(ctx, conn, tenant).await?;
        }
        None => {
            ctx.require(Action::SetSettings)?;
            ctx.require_everywhere("setting")?;
        }
    }
    let AskedUpdate { from, to } = update;
    let factor = match (from.second_factor, to.second_factor) {
        (None, Some(_)) => Some(enrol(conn, tenant).await?),
        (Some(_), None) => Some(Would::NotEnrol),
        _ => None,
    };
    Ok(factor.into_iter().chain(passwords(from, to)).chain(sessions(from, to)).collect())
}

async fn enrol(conn: &mut Conn, tenant: Option<TenantId>) -> Result<Would> {
    let is_asked = tenant.is_some() && asked::of_everybody(conn).await?.second_factor.is_some();
    let people: i64 = match tenant {
        _ if is_asked => 0,
        Some(tenant) => on!(conn, |c| query_scalar(ENROL_IN).bind(tenant).bind(COUNTED + 1).fetch_one(c).await?),
        None => {
            let first = UserId(uuid::Uuid::nil());
            on!(conn, |c| query_scalar(ENROL).bind(first).bind(COUNTED + 1).fetch_one(c).await?)
        }
    };
    Ok(Would::Enrol(people.min(COUNTED), people > COUNTED))
}

fn passwords(from: &TenantSettings, to: &TenantSettings) -> Option<Would> {
    match (from.password_min, to.password_min) {
        (from, to) if from == to => None,
        (from, Some(to)) if from.is_none_or(|from| from < to) => Some(Would::LongerPasswords(to)),
        _ => Some(Would::ShorterPasswords),
    }
}

fn sessions(from: &TenantSettings, to: &TenantSettings) -> Option<Would> {
    let limits = |settings: &TenantSettings| (settings.session_minutes, settings.idle_minutes);
    (limits(from) != limits(to)).then_some(Would::Sessions)
}
