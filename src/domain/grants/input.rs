//! What is asked of a grant, parsed.

use crate::{
    domain::{
        input::Problems,
        parse::{line, moment},
    },
    model::{
        error::FieldErrors,
        forms::{EVERYWHERE, GrantForm},
        id::{RoleId, TenantId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        timestamp::Timestamp,
    },
};

const REASON_MAX: usize = 200;
/// Grants may begin and end within this many seconds from now: a hundred years.
const FAR: i64 = 100 * 365 * 24 * 60 * 60;

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
pub struct NewGrant {
    /// Who gets it.
    pub to: Principal,
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
pub struct GrantUpdate {
    /// When it ends; never without one.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The version that the form was opened with.
    pub version: i64,
}

impl NewGrant {
    /// A role without an end.
    #[must_use]
    pub const fn lasting(to: Principal, role: RoleId, scope: Scope) -> Self {
        Self { to, what: What::Role(role), scope, from: None, until: None, reason: String::new() }
    }

    /// Reads what was typed.
    pub fn parse(form: &GrantForm, now: Timestamp) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let to = principal(form, &mut problems);
        let what = what(form, &mut problems);
        let scope = problems.check("tenant", scope(&form.tenant));
        let from = problems.check("from", moment(&form.from).and_then(|from| near(from, now)));
        let until = end(form, &mut problems, from.flatten().unwrap_or(now).max(now));
        if form.lasts.is_empty() && !form.until.trim().is_empty() {
            problems.refuse("until", "choose that it lasts until a moment for this to count, or leave it empty");
        }
        let reason = problems.check("reason", line(&form.reason, REASON_MAX));
        let grant = to.zip(what).zip(scope).zip(from).zip(until).zip(reason);
        let grant =
            grant.map(|(((((to, what), scope), from), until), reason)| Self { to, what, scope, from, until, reason });
        problems.finish(grant)
    }
}

impl GrantUpdate {
    /// Reads what was typed over a version of a grant.
    pub fn parse(form: &GrantForm, now: Timestamp) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let until = end(form, &mut problems, now);
        let reason = problems.check("reason", line(&form.reason, REASON_MAX));
        let version = problems.version("version", &form.version);
        let update = until.zip(reason).zip(version);
        problems.finish(update.map(|((until, reason), version)| Self { until, reason, version }))
    }
}

fn principal(form: &GrantForm, problems: &mut Problems) -> Option<Principal> {
    let user = form.user.parse().ok().map(Principal::User);
    let group = form.group.parse().ok().map(Principal::Group);
    match (user, group) {
        (Some(principal), None) | (None, Some(principal)) => Some(principal),
        _ => {
            problems.refuse("user", "name one person or one group who gets it");
            None
        }
    }
}

fn what(form: &GrantForm, problems: &mut Problems) -> Option<What> {
    match (form.role.as_str(), form.permission.as_str()) {
        ("", "") => problems.refuse("role", "choose a role or a permission"),
        (role, "") => match role.parse() {
            Ok(role) => return Some(What::Role(role)),
            Err(_) => problems.refuse("role", "choose a role of the list"),
        },
        ("", permission) => match Permission::parse(permission) {
            Some(permission) => return Some(What::Permission(permission)),
            None => problems.refuse("permission", "choose a permission of the list"),
        },
        _ => problems.refuse("permission", "choose a role or a permission, not both"),
    }
    None
}

fn scope(text: &str) -> Result<Scope, String> {
    match text {
        "" => Err("choose where it counts".into()),
        EVERYWHERE => Ok(Scope::Everywhere),
        id => id.parse::<TenantId>().map(Scope::Tenant).map_err(|_| "choose a tenant of the list".into()),
    }
}

fn end(form: &GrantForm, problems: &mut Problems, start: Timestamp) -> Option<Option<Timestamp>> {
    match form.lasts.as_str() {
        "" => Some(None),
        "until" => problems.check("until", until(&form.until, start)),
        seconds => problems.check(
            "lasts",
            match seconds.parse() {
                Ok(seconds @ 1..=FAR) => Ok(Some(start.plus_seconds(seconds))),
                _ => Err("choose how long".into()),
            },
        ),
    }
}

fn until(text: &str, start: Timestamp) -> Result<Option<Timestamp>, String> {
    match near(moment(text)?, start)? {
        None => Err("enter when it ends".into()),
        Some(until) if until <= start => Err("choose an end that is after the beginning and after now".into()),
        until => Ok(until),
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
    const ADMIN: &str = "0000000000000000000000ADM1";

    fn form(fields: &[(&str, &str)]) -> GrantForm {
        let user = "01a2016a-fa5c-71e0-b490-b29a1e32cc60".to_owned();
        let mut form = GrantForm { user, tenant: EVERYWHERE.into(), ..GrantForm::default() };
        for (field, text) in fields {
            let place = match *field {
                "group" => &mut form.group,
                "role" => &mut form.role,
                "permission" => &mut form.permission,
                "tenant" => &mut form.tenant,
                "from" => &mut form.from,
                "lasts" => &mut form.lasts,
                "until" => &mut form.until,
                other => unreachable!("{other}"),
            };
            *place = (*text).to_owned();
        }
        form
    }

    fn parse(fields: &[(&str, &str)]) -> Result<NewGrant, Vec<String>> {
        let named = |e: FieldErrors| e.iter().map(|(field, _)| field.to_owned()).collect();
        NewGrant::parse(&form(fields), NOW).map_err(named)
    }

    #[test]
    fn an_end_is_counted_from_the_beginning() {
        let until = |fields: &[(&str, &str)]| parse(&[&[("role", ADMIN)], fields].concat()).unwrap().until;
        assert_eq!(until(&[]), None);
        assert_eq!(until(&[("lasts", "3600")]), Some(NOW.plus_seconds(3600)));
        let later = until(&[("from", "2026-11-23T00:00"), ("lasts", "3600")]);
        assert_eq!(later, Some(NOW.plus_seconds(25 * 3600)));
        let moment = until(&[("lasts", "until"), ("until", "2026-11-23T00:00")]);
        assert_eq!(moment, Some(NOW.plus_seconds(24 * 3600)));
    }

    #[test]
    fn nonsense_is_named() {
        let wrong = |fields: &[(&str, &str)]| parse(fields).unwrap_err();
        assert_eq!(wrong(&[]), ["role"]);
        assert_eq!(wrong(&[("role", ADMIN), ("permission", "users.read")]), ["permission"]);
        assert_eq!(wrong(&[("permission", "users.fly"), ("lasts", "soon")]), ["permission", "lasts"]);
        assert_eq!(wrong(&[("role", ADMIN), ("lasts", "until"), ("until", "2020-01-01T00:00")]), ["until"]);
        assert_eq!(wrong(&[("permission", "users.read"), ("until", "2026-11-23T00:00")]), ["until"]);
        assert_eq!(wrong(&[("permission", "users.read"), ("tenant", "")]), ["tenant"]);
        assert_eq!(wrong(&[("permission", "users.read"), ("tenant", "1")]), ["tenant"]);
        let two = [("permission", "users.read"), ("group", "01a2016a-fa5c-71e0-b490-b29a1e32cc60")];
        assert_eq!(wrong(&two), ["user"]);
    }
}
