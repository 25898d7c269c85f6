//! What an administrator types about a grant, parsed.

use serde::{Deserialize, Serialize};

use crate::{
    domain::parse::{Reader, line, moment},
    model::{
        error::FieldErrors,
        fields::Fields,
        id::{GroupId, RoleId, TenantId, UserId},
        permission::Permission,
        scope::Scope,
        timestamp::Timestamp,
    },
};

const REASON_MAX: usize = 200;
/// The word of a form for the whole installation: giving that much is said, never what an empty field means.
pub const EVERYWHERE: &str = "everywhere";
/// Grants may begin and end within this many seconds from now: a hundred years.
const FAR: i64 = 100 * 365 * 24 * 60 * 60;

/// Whom a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// One user.
    User(UserId),
    /// Everybody in a group, and in the groups in it.
    Group(GroupId),
}

/// What a grant gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Everything that a role allows, now and after it changes.
    Role(RoleId),
    /// One permission.
    Permission(Permission),
}

/// A grant to be made.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Who gets it.
    pub to: Holder,
    /// What they get.
    pub what: What,
    /// Where it counts.
    pub scope: Scope,
    /// When it begins; at once without one.
    pub from: Option<Timestamp>,
    /// When it ends; never without one.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// How long a grant shall last, decided while looking at `version`.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// When it ends; never without one.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The version that the form was opened with.
    pub version: i64,
}

impl Terms {
    /// A role without an end.
    #[must_use]
    pub const fn lasting(to: Holder, role: RoleId, scope: Scope) -> Self {
        Self { to, what: What::Role(role), scope, from: None, until: None, reason: String::new() }
    }

    /// Reads `user` or `group`, `role` or `permission`, `tenant`, `from`, `lasts`, `until` and `reason`.
    pub fn parse(fields: &Fields, now: Timestamp) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let to = holder(fields, &mut reader);
        let what = what(fields, &mut reader);
        let scope = reader.read("tenant", |t| match t {
            "" => Err("choose where it counts".to_owned()),
            EVERYWHERE => Ok(Scope::Everywhere),
            id => id.parse::<TenantId>().map(Scope::Tenant).map_err(|_| "choose a tenant of the list".to_owned()),
        });
        let from = reader.read("from", |t| near(moment(t)?, now));
        let until = end(fields, &mut reader, from.flatten().unwrap_or(now).max(now));
        if fields.text("lasts").is_empty() && !fields.text("until").trim().is_empty() {
            reader.refuse("until", "choose “until…” above for this to count, or empty it");
        }
        let reason = reader.read("reason", |t| line(t, REASON_MAX));
        let terms = to.zip(what).zip(scope).zip(from).zip(until).zip(reason);
        let terms =
            terms.map(|(((((to, what), scope), from), until), reason)| Self { to, what, scope, from, until, reason });
        reader.finish(terms)
    }
}

impl Renewal {
    /// Reads `lasts`, `until`, `reason` and the `version` that the form was opened with.
    pub fn parse(fields: &Fields, now: Timestamp) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let until = end(fields, &mut reader, now);
        let reason = reader.read("reason", |t| line(t, REASON_MAX));
        let version = reader.version("version");
        let renewal = until.zip(reason).zip(version);
        reader.finish(renewal.map(|((until, reason), version)| Self { until, reason, version }))
    }
}

fn holder(fields: &Fields, reader: &mut Reader<'_>) -> Option<Holder> {
    let user = fields.text("user").parse().ok().map(Holder::User);
    let group = fields.text("group").parse().ok().map(Holder::Group);
    match (user, group) {
        (Some(holder), None) | (None, Some(holder)) => Some(holder),
        _ => {
            reader.refuse("user", "open the page of a person or a group, and give access from there");
            None
        }
    }
}

fn what(fields: &Fields, reader: &mut Reader<'_>) -> Option<What> {
    match (fields.text("role"), fields.text("permission")) {
        ("", "") => reader.refuse("role", "choose a role or a permission"),
        (role, "") => match role.parse() {
            Ok(role) => return Some(What::Role(role)),
            Err(_) => reader.refuse("role", "choose a role of the list"),
        },
        ("", permission) => match Permission::parse(permission) {
            Some(permission) => return Some(What::Permission(permission)),
            None => reader.refuse("permission", "choose a permission of the list"),
        },
        _ => reader.refuse("permission", "choose a role or a permission, not both"),
    }
    None
}

/// `lasts` is a number of seconds from `start`, `until` for the moment in the other field, or nothing for no end.
fn end(fields: &Fields, reader: &mut Reader<'_>, start: Timestamp) -> Option<Option<Timestamp>> {
    match fields.text("lasts") {
        "" => Some(None),
        "until" => reader.read("until", |t| match near(moment(t)?, start)? {
            None => Err("enter when it ends".into()),
            Some(until) if until <= start => Err("choose an end that is after the beginning and after now".into()),
            until => Ok(until),
        }),
        _ => reader.read("lasts", |t| match t.parse() {
            Ok(seconds @ 1..=FAR) => Ok(Some(start.plus_seconds(seconds))),
            _ => Err("choose how long".into()),
        }),
    }
}

fn near(moment: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, String> {
    match moment {
        Some(at) if at.seconds_since(now).abs() > FAR => Err("choose a moment within a hundred years".into()),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_305_600_000);
    const TO: &str = "user=01a2016a-fa5c-71e0-b490-b29a1e32cc60";

    fn parse(text: &str) -> Result<Terms, Vec<String>> {
        let named = |e: FieldErrors| e.iter().map(|(field, _)| field.to_owned()).collect();
        Terms::parse(&Fields::decode(&format!("{TO}&tenant=everywhere&{text}")), NOW).map_err(named)
    }

    #[test]
    fn an_end_is_counted_from_the_beginning() {
        assert_eq!(parse("role=0000000000000000000000ADM1").unwrap().until, None);
        assert_eq!(parse("role=0000000000000000000000ADM1&lasts=3600").unwrap().until, Some(NOW.plus_seconds(3600)));
        let later = parse("role=0000000000000000000000ADM1&from=2026-11-23T00:00&lasts=3600").unwrap();
        assert_eq!(later.until, Some(NOW.plus_seconds(25 * 3600)));
        assert_eq!(
            parse("role=0000000000000000000000ADM1&lasts=until&until=2026-11-23T00:00").unwrap().until,
            Some(NOW.plus_seconds(24 * 3600))
        );
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(parse("").unwrap_err(), ["role"]);
        assert_eq!(parse("role=0000000000000000000000ADM1&permission=users.read").unwrap_err(), ["permission"]);
        assert_eq!(parse("permission=users.fly&lasts=soon").unwrap_err(), ["permission", "lasts"]);
        assert_eq!(parse("role=0000000000000000000000ADM1&lasts=until&until=2020-01-01T00:00").unwrap_err(), ["until"]);
        assert_eq!(parse("permission=users.read&until=2026-11-23T00:00").unwrap_err(), ["until"]);
        for unclear in [
            "role=0000000000000000000000ADM1&tenant=everywhere",
            &format!("{TO}&permission=users.read"),
            &format!("{TO}&permission=users.read&tenant=1"),
        ] {
            assert!(Terms::parse(&Fields::decode(unclear), NOW).is_err(), "{unclear}");
        }
    }
}
