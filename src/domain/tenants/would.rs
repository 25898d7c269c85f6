//! What a change of what is asked of people would do to them.

use sqlx::query_scalar;

use super::{asked, asked_input::AskedUpdate, queries::require, settings::TenantSettings};
use crate::{
    db::{Conn, on, statements},
    domain::{action::Action, ctx::Ctx, error::Result},
    model::{
        id::{TenantId, UserId},
        timestamp::DAY,
    },
};

statements! {
    /// Members whose password is older than $2; not more are counted than $3.
    OLD_IN = "select count(*) from (select m.user_id from memberships m cross join users u
        where m.tenant_id = $1 and m.status = 'active' and m.kind = 'human' and u.id = m.user_id
            and u.password_changed_at <= $2 and u.password_hash is not null and u.disabled_at is null limit $3) as found";
    /// The same of everybody.
    OLD = "select count(*) from (select id from users where id > $1 and kind = 'human'
            and password_changed_at <= $2 and password_hash is not null and disabled_at is null
        order by id limit $3) as found";
    /// Members without a second factor of whom nobody else requires one; not more are counted than $2.
    ENROL_IN = "select count(*) from (select m.user_id from memberships m cross join users u
        where m.tenant_id = $1 and m.status = 'active' and m.kind = 'human' and u.id = m.user_id
            and u.second_factor = 'none' and not u.second_factor_required and u.disabled_at is null
            and not exists (select 1 from passkeys p where p.user_id = u.id)
            and not exists (select 1 from memberships o join tenants t on t.id = o.tenant_id
                where o.user_id = m.user_id and o.status = 'active' and o.tenant_id <> $1
                    and t.settings like '%\"second_factor\":\"required\"%')
        limit $2) as found";
    /// The same of everybody: of the first $2 without one.
    ENROL = "select count(*) from (select id from users where id > $1 and second_factor = 'none'
            and not second_factor_required and disabled_at is null and kind = 'human' order by id limit $2) as found
        where not exists (select 1 from passkeys p where p.user_id = found.id)
            and not exists (select 1 from memberships o join tenants t on t.id = o.tenant_id
            where o.user_id = found.id and o.status = 'active' and t.settings like '%\"second_factor\":\"required\"%')";
}

/// More people aren't counted while somebody waits for the answer.
const COUNTED: i64 = 10_000;
/// Before everybody.
const NOBODY: UserId = UserId(uuid::Uuid::nil());

/// Something that a change would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Would {
    /// So many people set up a second factor at their next sign-in, or more where so many aren't counted.
    Enrol(i64, bool),
    /// A second factor isn't asked any more of whoever has none.
    NotEnrol,
    /// Whoever has a shorter password than this chooses another at their next sign-in.
    LongerPasswords(usize),
    /// The same of passwords with fewer kinds of characters.
    MoreKinds(usize),
    /// Shorter or simpler passwords can be chosen.
    EasierPasswords,
    /// So many of the last passwords can't be chosen again.
    History(usize),
    /// Former passwords can be chosen again.
    NoHistory,
    /// So many people have a password that is older, or more where so many aren't counted.
    Expire(i64, bool),
    /// Passwords last longer.
    LastLonger,
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
    let expire = match (from.password_days, to.password_days) {
        (from, to) if from == to => None,
        (from, Some(to)) if from.is_none_or(|from| to < from) => Some(expire(ctx, conn, (tenant, to)).await?),
        _ => Some(Would::LastLonger),
    };
    let others = passwords(from, to).into_iter().chain(history(from, to)).chain(expire).chain(sessions(from, to));
    Ok(factor.into_iter().chain(others).collect())
}

async fn expire(ctx: &Ctx, conn: &mut Conn, (tenant, days): (Option<TenantId>, u32)) -> Result<Would> {
    let before = ctx.now().plus_seconds(-i64::from(days) * DAY);
    let people: i64 = on!(conn, |c| match tenant {
        Some(tenant) => query_scalar(OLD_IN).bind(tenant),
        None => query_scalar(OLD).bind(NOBODY),
    }
    .bind(before)
    .bind(COUNTED + 1)
    .fetch_one(c)
    .await?);
    Ok(Would::Expire(people.min(COUNTED), people > COUNTED))
}

async fn enrol(conn: &mut Conn, tenant: Option<TenantId>) -> Result<Would> {
    let is_asked = tenant.is_some() && asked::of_everybody(conn).await?.second_factor.is_some();
    let people: i64 = match tenant {
        _ if is_asked => 0,
        Some(tenant) => on!(conn, |c| query_scalar(ENROL_IN).bind(tenant).bind(COUNTED + 1).fetch_one(c).await?),
        None => on!(conn, |c| query_scalar(ENROL).bind(NOBODY).bind(COUNTED + 1).fetch_one(c).await?),
    };
    Ok(Would::Enrol(people.min(COUNTED), people > COUNTED))
}

fn passwords(from: &TenantSettings, to: &TenantSettings) -> Vec<Would> {
    let longer = raised((from.password_min, to.password_min), Would::LongerPasswords, Would::EasierPasswords);
    let kinds = raised((from.password_kinds, to.password_kinds), Would::MoreKinds, Would::EasierPasswords);
    let mut would: Vec<Would> = longer.into_iter().chain(kinds).collect();
    would.dedup();
    would
}

fn history(from: &TenantSettings, to: &TenantSettings) -> Option<Would> {
    match (from.password_history, to.password_history) {
        (from, to) if from == to => None,
        (_, Some(last)) => Some(Would::History(last)),
        (_, None) => Some(Would::NoHistory),
    }
}

/// What asking for more of something does, or for less.
fn raised((from, to): (Option<usize>, Option<usize>), more: fn(usize) -> Would, less: Would) -> Option<Would> {
    match (from, to) {
        (from, to) if from == to => None,
        (from, Some(to)) if from.is_none_or(|from| from < to) => Some(more(to)),
        _ => Some(less),
    }
}

fn sessions(from: &TenantSettings, to: &TenantSettings) -> Option<Would> {
    let limits = |settings: &TenantSettings| (settings.session_minutes, settings.idle_minutes);
    (limits(from) != limits(to)).then_some(Would::Sessions)
}
