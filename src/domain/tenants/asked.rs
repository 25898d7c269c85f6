//! What is asked of people: by the installation of everybody, and by each tenant of those who belong to it. The strictest
//! counts.

use serde::{Deserialize, Serialize};
use sqlx::{query_as, query_scalar};

use super::{
    asked_input::AskedUpdate,
    settings::{self, SessionLimits, SetTenantSettings, TenantSettings, least_password, session_limits},
};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        action::Action,
        change::{Change, Target},
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        keyset::{LIMIT, limited},
        passwords::minimum::Minimum,
    },
    model::{
        id::{TenantId, UserId},
        page::Limited,
        timestamp::DAY,
    },
};

statements! {
    OF_EVERYBODY = "select value from settings where name = 'asked'";
    SET = "insert into settings (name, value) values ('asked', $1) on conflict (name) do update set value = excluded.value";
    UNSET = "delete from settings where name = 'asked'";
    /// What each tenant of somebody asks, each answer once, and what is asked of everybody.
    OF_USER = "select distinct 'tenant' as whose, t.settings from memberships m join tenants t on t.id = m.tenant_id
            where m.user_id = $1 and m.status = 'active'
        union all
        select 'everybody', value from settings where name = 'asked'";
    /// The tenants that ask for something of their own.
    TENANTS = "select id, name, settings from tenants where settings <> '{}' order by name_key, id limit $1";
}

/// What is asked of somebody.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    everybody: TenantSettings,
    tenants: Vec<TenantSettings>,
}

impl Asked {
    /// Whether they need a second factor.
    #[must_use]
    pub fn needs_factor(&self) -> bool {
        self.all().any(|one| one.second_factor.is_some())
    }

    /// What their password has at least, where a second factor is required of them besides or not.
    #[must_use]
    pub fn least_password(&self, is_factor_required: bool) -> Minimum {
        let required = is_factor_required || self.everybody.second_factor.is_some();
        Minimum {
            length: least_password(&self.tenants, required).max(self.everybody.password_min.unwrap_or_default()),
            kinds: self.most(|one| one.password_kinds).unwrap_or(1),
        }
    }

    /// How many of their last passwords they can't choose again.
    #[must_use]
    pub fn password_history(&self) -> usize {
        self.most(|one| one.password_history).unwrap_or_default()
    }

    /// How long their password lasts, in seconds.
    #[must_use]
    pub fn password_lifetime(&self) -> Option<i64> {
        let days = self.all().filter_map(|one| one.password_days).min();
        days.map(|days| i64::from(days) * DAY)
    }

    fn most(&self, of: impl Fn(&TenantSettings) -> Option<usize>) -> Option<usize> {
        self.all().filter_map(of).max()
    }

    fn all(&self) -> impl Iterator<Item = &TenantSettings> {
        self.tenants.iter().chain([&self.everybody])
    }

    /// How long their sessions last.
    #[must_use]
    pub fn session_limits(&self) -> SessionLimits {
        session_limits(&[&self.tenants[..], std::slice::from_ref(&self.everybody)].concat())
    }
}

/// What is asked of everybody.
pub async fn of_everybody(conn: &mut Conn) -> Result<TenantSettings> {
    let text: Option<String> = on!(conn, |c| query_scalar(OF_EVERYBODY).fetch_optional(c).await?);
    TenantSettings::read(text.as_deref().unwrap_or("{}"))
}

/// What is asked of somebody, by all that they belong to.
pub async fn of_user(conn: &mut Conn, user: UserId) -> Result<Asked> {
    let texts: Vec<(String, String)> = on!(conn, |c| query_as(OF_USER).bind(user).fetch_all(c).await?);
    let mut asked = Asked::default();
    for (whose, text) in texts {
        match whose.as_str() {
            "tenant" => asked.tenants.push(TenantSettings::read(&text)?),
            _ => asked.everybody = TenantSettings::read(&text)?,
        }
    }
    Ok(asked)
}

/// What is asked of somebody who is going to belong to these tenants.
pub async fn of_newcomer(conn: &mut Conn, places: &[TenantId]) -> Result<Asked> {
    let mut asked = Asked { everybody: of_everybody(conn).await?, tenants: Vec::with_capacity(places.len()) };
    for place in places {
        asked.tenants.push(settings::of(conn, *place).await?);
    }
    Ok(asked)
}

/// What is asked of everybody, for whoever may see settings.
pub async fn read(ctx: &Ctx) -> Result<TenantSettings> {
    ctx.require(Action::ReadSettings)?;
    ctx.require_everywhere("setting")?;
    of_everybody(&mut *ctx.read().await?).await
}

/// The tenants that ask for something of their own, by name.
pub async fn tenants(ctx: &Ctx) -> Result<Limited<(TenantId, String, TenantSettings)>> {
    ctx.require(Action::ReadSettings)?;
    ctx.require_everywhere("setting")?;
    let conn = &mut *ctx.read().await?;
    let rows: Vec<(TenantId, String, String)> = on!(conn, |c| query_as(TENANTS).bind(LIMIT + 1).fetch_all(c).await?);
    let read = |(id, name, text): (_, _, String)| Ok((id, name, TenantSettings::read(&text)?));
    Ok(limited(rows.into_iter().map(read).collect::<Result<_>>()?))
}

/// Says what is asked of everybody; refuses if it isn't `from` any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetSettings {
    /// What it is.
    pub from: TenantSettings,
    /// What it shall be.
    pub to: TenantSettings,
}

impl From<AskedUpdate> for SetSettings {
    fn from(AskedUpdate { from, to }: AskedUpdate) -> Self {
        Self { from, to }
    }
}

impl Command for SetSettings {
    const ACTION: Action = Action::SetSettings;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        ctx.require_everywhere("setting")?;
        let Self { from, to } = self;
        if from == to {
            return Ok(Applied::unchanged(()));
        }
        if of_everybody(tx).await? != *from {
            return Err(Error::Stale);
        }
        store(tx, to).await?;
        let target = Target { kind: "installation", id: "settings".into(), name: "everybody".into() };
        let change = Change::new(Self::ACTION, target)
            .before(from.state())
            .after(to.state())
            .undo(&Self { from: to.clone(), to: from.clone() });
        Ok(Applied::changed((), change))
    }
}

/// Asking for nothing is having said nothing.
async fn store(tx: &mut Tx, asked: &TenantSettings) -> Result<()> {
    match *asked == TenantSettings::default() {
        true => on!(tx, |c| sqlx::query(UNSET).execute(c).await?.rows_affected()),
        false => on!(tx, |c| sqlx::query(SET).bind(asked.text()).execute(c).await?.rows_affected()),
    };
    Ok(())
}

impl UndoCommand for SetSettings {
    const KIND: &'static str = "set-settings";

    fn subject(&self) -> String {
        "installation".into()
    }
}

/// The change of a tenant that a form asks for, which leaves alone what programs may keep there.
pub async fn of_tenant(ctx: &Ctx, tenant: TenantId, update: AskedUpdate) -> Result<SetTenantSettings> {
    let attributes = settings::of(&mut *ctx.read().await?, tenant).await?.attributes;
    let keeping = |settings| TenantSettings { attributes: attributes.clone(), ..settings };
    Ok(SetTenantSettings { tenant, from: keeping(update.from), to: keeping(update.to) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(everybody: &str, tenants: &[&str]) -> Asked {
        let read = |text: &str| TenantSettings::read(text).unwrap();
        Asked { everybody: read(everybody), tenants: tenants.iter().map(|text| read(text)).collect() }
    }

    #[test]
    fn what_is_asked_of_everybody_holds_beside_what_tenants_ask() {
        let least = |everybody, tenants: &[&str]| asked(everybody, tenants).least_password(false).length;
        assert_eq!([least("{}", &[]), least("{}", &[r#"{"password_min":10}"#])], [15, 10]);
        assert_eq!(least(r#"{"password_min":20}"#, &[r#"{"password_min":10}"#]), 20);
        assert_eq!(least(r#"{"session_minutes":60}"#, &[r#"{"password_min":10}"#]), 10, "it says nothing of passwords");
        assert_eq!(least(r#"{"second_factor":"required"}"#, &["{}"]), 8);
        assert!(asked(r#"{"second_factor":"required"}"#, &[]).needs_factor() && !asked("{}", &["{}"]).needs_factor());
        let limits = asked(r#"{"session_minutes":60}"#, &[r#"{"idle_minutes":30}"#]).session_limits();
        assert_eq!((limits.lasts, limits.idle), (3600, 1800));
    }

    #[test]
    fn of_kinds_history_and_age_the_strictest_counts() {
        let of = |everybody, tenants: &[&str]| {
            let asked = asked(everybody, tenants);
            (asked.least_password(false).kinds, asked.password_history(), asked.password_lifetime())
        };
        assert_eq!(of("{}", &["{}"]), (1, 0, None));
        let (one, two) = (r#"{"password_kinds":2,"password_history":5,"password_days":90}"#, r#"{"password_kinds":3}"#);
        assert_eq!(of(two, &[one]), (3, 5, Some(90 * DAY)));
        assert_eq!(of(r#"{"password_days":30,"password_history":2}"#, &[one, two]), (3, 5, Some(30 * DAY)));
    }
}
