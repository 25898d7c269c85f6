//! What a tenant asks of its people: which passwords they may have, whether they need a second factor, how long they stay
//! signed in; and what programs may keep of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::query_scalar;

use super::queries::require;
use crate::{
    db::{self, Conn, Tx, on, statements},
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        parse::line,
        passwords::rules::{ALONE, BESIDE},
        sessions::store::{IDLE, LIFETIME},
    },
    model::id::TenantId,
};

statements! {
    SETTINGS = "select settings from tenants where id = $1";
    SET_SETTINGS = "update tenants set settings = $2, version = version + 1 where id = $1 and settings = $3";
}

/// More of the last passwords aren't asked about: each costs a hash whenever a password is chosen.
pub const HISTORY_MAX: usize = 10;
/// Ten years: whoever asks for more asks for nothing.
pub const PASSWORD_DAYS_MAX: usize = 3650;
/// Ids of attributes that one tenant knows at most.
const ATTRIBUTES_MAX: usize = 100;
/// Characters of the id of an attribute.
const ATTRIBUTE_MAX: usize = 100;

/// Settings of a tenant. What is absent is as it is everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// The least number of characters of a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_min: Option<usize>,
    /// Of how many of the four kinds of characters a password has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_kinds: Option<usize>,
    /// How many of the last passwords can't be chosen again, the present one among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_history: Option<usize>,
    /// After how many days another password is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_days: Option<u32>,
    /// Whether everybody there needs a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<Required>,
    /// How long a sign-in lasts, in minutes, where that is less than everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_minutes: Option<u32>,
    /// How long a session lasts that nobody uses, in minutes, where that is less than everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_minutes: Option<u32>,
    /// Ids of what programs may keep of the people of a portal, beside who they are (contract 003).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
}

/// That something is required, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// It is.
    Required,
}

impl TenantSettings {
    /// Reads what is kept of them.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::Internal(format!("the settings of a tenant: {error}")))
    }

    /// What is kept of them.
    pub(super) fn text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// What the audit log keeps of them.
    pub(super) fn state(&self) -> Value {
        serde_json::json!({
            "least characters of a password": self.password_min,
            "kinds of characters in a password": self.password_kinds,
            "last passwords not chosen again": self.password_history,
            "days that a password lasts": self.password_days,
            "second factor": self.second_factor,
            "minutes of a session": self.session_minutes,
            "minutes of a session that nobody uses": self.idle_minutes,
            "attributes": (!self.attributes.is_empty()).then(|| self.attributes.join(", ")),
        })
    }
}

/// Ids of attributes as somebody typed them, each once; an empty one is none.
pub fn attributes(typed: &[String]) -> std::result::Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for text in typed {
        let id = line(text, ATTRIBUTE_MAX)?;
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    match ids.len() <= ATTRIBUTES_MAX {
        true => Ok(ids),
        false => Err(format!("name at most {ATTRIBUTES_MAX} attributes")),
    }
}

/// The least number of characters of a password for somebody in tenants with these settings, of whom a second factor is
/// required besides or not (product.md, "Passwords"; NIST 800-63B-4).
#[must_use]
pub fn least_password(settings: &[TenantSettings], is_factor_required: bool) -> usize {
    let usual = match is_factor_required || settings.iter().any(|one| one.second_factor.is_some()) {
        true => BESIDE,
        false => ALONE,
    };
    let own = settings.iter().map(|one| one.password_min.map_or(usual, |min| min.max(BESIDE)));
    own.max().unwrap_or(usual)
}

/// How long sessions last, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// From the sign-in on.
    pub lasts: i64,
    /// Since it was last used.
    pub idle: i64,
}

/// The least minutes of a session, used or not: when it was last used is known to five.
pub const SESSION_MIN: u32 = 15;

/// How long the sessions last of somebody in tenants with these settings: the strictest counts.
#[must_use]
pub fn session_limits(settings: &[TenantSettings]) -> SessionLimits {
    let strictest = |usual: i64, of: fn(&TenantSettings) -> Option<u32>| {
        let own = settings.iter().filter_map(of).map(|minutes| i64::from(minutes.max(SESSION_MIN)) * 60);
        own.min().unwrap_or(usual).min(usual)
    };
    SessionLimits {
        lasts: strictest(LIFETIME, |one| one.session_minutes),
        idle: strictest(IDLE, |one| one.idle_minutes),
    }
}

/// The settings of a tenant.
pub async fn of(conn: &mut Conn, tenant: TenantId) -> Result<TenantSettings> {
    let text: Option<String> = on!(conn, |c| query_scalar(SETTINGS).bind(tenant).fetch_optional(c).await?);
    TenantSettings::read(text.as_deref().unwrap_or("{}"))
}

/// Says what a tenant asks of its people; refuses if it isn't `from` any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetTenantSettings {
    /// Of which.
    pub tenant: TenantId,
    /// What it is.
    pub from: TenantSettings,
    /// What it shall be.
    pub to: TenantSettings,
}

impl Command for SetTenantSettings {
    const ACTION: Action = Action::SetTenantSettings;
    type Done = TenantSettings;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<TenantSettings>> {
        let Self { tenant: id, from, to } = self;
        let (tenant, id) = (require(ctx, tx, *id).await?, *id);
        if from == to {
            return Ok(Applied::unchanged(to.clone()));
        }
        if of(tx, id).await? != *from || !store(tx, id, from, to).await? {
            return Err(Error::Stale);
        }
        let change = Change::new(Self::ACTION, tenant.target())
            .of(Some(id))
            .before(from.state())
            .after(to.state())
            .undo(&Self { tenant: id, from: to.clone(), to: from.clone() });
        Ok(Applied::changed(to.clone(), change))
    }
}

async fn store(tx: &mut Tx, id: TenantId, from: &TenantSettings, to: &TenantSettings) -> db::Result<bool> {
    let rows = on!(tx, |c| sqlx::query(SET_SETTINGS)
        .bind(id)
        .bind(to.text())
        .bind(from.text())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

impl UndoCommand for SetTenantSettings {
    const KIND: &'static str = "set-tenant-settings";

    fn subject(&self) -> String {
        self.tenant.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> TenantSettings {
        TenantSettings::read(text).unwrap()
    }

    #[test]
    fn the_strictest_tenant_counts_and_a_second_factor_makes_up_for_length() {
        let of = |texts: &[&str], required| {
            least_password(&texts.iter().map(|text| settings(text)).collect::<Vec<_>>(), required)
        };
        assert_eq!((of(&[], false), of(&["{}"], false), of(&["{}"], true)), (15, 15, 8));
        assert_eq!(of(&[r#"{"password_min":20}"#, "{}"], false), 20);
        assert_eq!(of(&[r#"{"password_min":10}"#], false), 10);
        assert_eq!(of(&[r#"{"password_min":10}"#, "{}"], false), 15, "the other tenant asks for more");
        assert_eq!(of(&[r#"{"second_factor":"required"}"#, "{}"], false), 8);
        assert_eq!(of(&[r#"{"password_min":2}"#], false), 8, "never less");
    }

    #[test]
    fn the_shortest_session_counts_and_none_is_longer_than_everywhere() {
        let of = |texts: &[&str]| {
            let limits = session_limits(&texts.iter().map(|text| settings(text)).collect::<Vec<_>>());
            (limits.lasts / 60, limits.idle / 60)
        };
        assert_eq!(of(&["{}"]), (720, 120));
        assert_eq!(of(&[r#"{"session_minutes":60}"#, r#"{"session_minutes":90,"idle_minutes":30}"#]), (60, 30));
        assert_eq!(of(&[r#"{"session_minutes":9000,"idle_minutes":1}"#]), (720, 15));
    }

    #[test]
    fn attributes_are_lines_each_named_once() {
        let of = |typed: &[&str]| attributes(&typed.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&[" team ", "badge", "team", ""]).unwrap(), ["team", "badge"]);
        assert_eq!(of(&[""]).unwrap(), Vec::<String>::new());
        assert!(of(&["a\nb"]).is_err() && of(&[&"x".repeat(101)]).is_err());
        let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
        assert!(attributes(&many).is_err() && attributes(&many[1..]).is_ok());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let both = r#"{"password_min":20,"second_factor":"required"}"#;
        assert_eq!(settings(both).text(), both);
        assert_eq!(TenantSettings::default().text(), "{}");
        let known = r#"{"attributes":["team","badge"]}"#;
        assert_eq!(settings(known).text(), known);
        assert!(TenantSettings::read(r#"{"second_factor":true}"#).is_err());
    }
}
