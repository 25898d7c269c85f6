//! Access's answers: why may somebody, or why not, and who may. Whoever types this looks after the installation, so
//! people, groups and tenants are named wherever they are.

use serde_json::json;

use super::{
    access::scope,
    lookup::{named, reason},
    out::{Failure, Out, Said},
};
use crate::{
    domain::{
        access::{
            self,
            explain::{Idle, Link, Path, Person},
            holders::Holder,
            in_tenants::InTenant,
        },
        clock::exact,
        ctx::Ctx,
        error::Error,
        permissions, tenants,
        users::store::User,
    },
    model::{page::Limited, permission::Permission, scope::Scope, tenant::MembershipStatus},
};

/// Roles that a refusal names: more would not help the reader to choose.
const SUGGESTED: usize = 5;
/// Ways that one line of a list tells; `explain` tells them all.
const SHOWN: usize = 3;
/// The widest column of a list: what is longer stands out instead of moving all others.
const WIDEST: usize = 40;

fn parse(permission: &str) -> Result<Permission, String> {
    Permission::parse(permission).ok_or_else(|| format!("there is no permission {permission}"))
}

/// `castellan explain`. The user is looked at from everywhere: what they hold there counts also in a tenant that they
/// don't belong to.
pub async fn explain(ctx: &Ctx, user: &str, permission: &str, tenant: Option<String>) -> Result<Said, String> {
    let permission = parse(permission)?;
    let scope = scope(ctx, tenant.as_deref()).await?;
    let (user, person) = permissions::of_user(ctx, named(ctx, user).await?.id).await.map_err(reason)?;
    let ways = access::explain::explain(&person, permission, scope, ctx.now());
    let ways: Vec<String> = ways.iter().map(|path| line(path, permission)).collect();
    let place = tenant.map_or(String::new(), |slug| format!(" in {slug}"));
    let what = format!("{permission}{place}");
    let may = !ways.is_empty() && user.disabled_at.is_none();
    let verdict = match (ways.is_empty(), user.disabled_at) {
        (true, None) => format!("{} may not {what}", user.login),
        (true, Some(_)) => format!("{} is disabled, and may not {what}", user.login),
        (false, Some(_)) => format!("{} is disabled, and may not {what}; otherwise:", user.login),
        (false, None) => format!("{} may {what}:", user.login),
    };
    let help = match ways.is_empty() {
        true => Help::find(ctx, (&user, &person), permission, scope).await.map_err(reason)?,
        false => Help::default(),
    };
    let text = [vec![verdict], indented(&ways), help.lines()].concat().join("\n");
    let object = json!({
        "user": user.login, "permission": permission.name(), "may": may, "disabled": user.disabled_at.is_some(),
        "paths": ways, "idle": help.idle, "outsider": help.outsider, "roles": help.roles,
    });
    Ok(Said(text, object))
}

/// What could be done for somebody who may not.
#[derive(Default)]
struct Help {
    /// What they hold that doesn't count, and why it doesn't.
    idle: Vec<String>,
    /// Whether a tenant was asked about in which nothing counts that is given in it.
    outsider: bool,
    /// Names of roles that would give it there, the narrow ones first.
    roles: Vec<String>,
    /// Whether there are more roles.
    more: bool,
}

impl Help {
    async fn find(
        ctx: &Ctx,
        (user, person): (&User, &Person),
        permission: Permission,
        scope: Scope,
    ) -> Result<Self, Error> {
        let idle = access::explain::idle(person, permission, scope, ctx.now());
        let Limited { rows, more } = permissions::giving(&ctx.clone().working_in(scope), permission).await?;
        // Seen from everywhere are also the roles of single tenants, which can't be given there.
        let given_there = rows.into_iter().filter(|role| role.tenant_id.is_none_or(|of| scope == Scope::Tenant(of)));
        Ok(Self {
            idle: idle.iter().map(|(path, idle)| format!("{}: {}", line(path, permission), because(*idle))).collect(),
            outsider: is_outsider(ctx, user, scope).await?,
            roles: given_there.map(|role| role.name).collect(),
            more,
        })
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.idle.is_empty() {
            lines.push("held, but not counting there now:".to_owned());
            lines.extend(indented(&self.idle));
        }
        if self.outsider {
            lines
                .push("not an active member of that tenant: what is given in it counts for active members only".into());
        }
        if !self.roles.is_empty() {
            let others = if self.more || self.roles.len() > SUGGESTED { " and others" } else { "" };
            let first: Vec<&str> = self.roles.iter().take(SUGGESTED).map(String::as_str).collect();
            lines.push(format!("roles that would give it: {}{others}", first.join(", ")));
        }
        lines
    }
}

/// Whether a tenant is asked about that the user is no active member of.
async fn is_outsider(ctx: &Ctx, user: &User, scope: Scope) -> Result<bool, Error> {
    let Some(tenant) = scope.tenant() else {
        return Ok(false);
    };
    match tenants::memberships::queries::membership(ctx, user.id, tenant).await {
        Ok(membership) => Ok(membership.status != MembershipStatus::Active),
        Err(Error::NotFound(_)) => Ok(true),
        Err(other) => Err(other),
    }
}

fn because(idle: Idle) -> String {
    match idle {
        Idle::Ended => "has ended".into(),
        Idle::Elsewhere => "counts in that tenant only".into(),
        Idle::Until(from) => format!("begins {}", exact(from)),
        Idle::Bounded => "not in one of those".into(),
        Idle::NotMember => "counts for active members of that tenant only".into(),
    }
}

fn indented(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| format!("  {line}")).collect()
}

/// One way, as the pages say it.
fn line(path: &Path<'_>, permission: Permission) -> String {
    let grant = path.grant;
    let what = grant.role.as_ref().map_or("this permission alone".to_owned(), |(_, name)| format!("role {name}"));
    let covering = grant.patterns.iter().find(|pattern| permission.matches(pattern));
    let pattern = covering.filter(|pattern| *pattern != permission.name());
    let pattern = pattern.map_or(String::new(), |pattern| format!(" (by {pattern})"));
    let group =
        |link: &Link| link.name.as_ref().map_or("a group of another tenant".into(), |name| format!("group {name}"));
    let groups: String = path.groups.iter().rev().map(|link| format!(" <- {}", group(link))).collect();
    let direct = if path.groups.is_empty() { ", given directly" } else { "" };
    let place = grant.tenant.as_ref().map_or(String::new(), |(_, name)| format!(", in {name}"));
    let bounded = if grant.is_bounded() { ", only in the tenants that their account is limited to" } else { "" };
    let end = grant.until.map_or(String::new(), |at| format!(", until {}", exact(at)));
    format!("{what}{pattern}{groups}{direct}{place}{bounded}{end}")
}

/// `castellan who-can`: everybody, written batch by batch as they are read.
pub async fn who_can(ctx: &Ctx, permission: &str, tenant: Option<String>, out: &mut Out) -> Result<(), Failure> {
    let permission = parse(permission)?;
    let scope = scope(ctx, tenant.as_deref()).await?;
    let places = permissions::in_tenants(ctx, permission, scope).await.map_err(reason)?;
    let elsewhere: Vec<_> = places.rows.iter().map(|at| json!({"tenant": at.slug, "people": at.people})).collect();
    out.open(&json!({"permission": permission.name(), "in_tenants": elsewhere}), "users")?;
    let mut page = permissions::batch(ctx, permission, scope, "").await.map_err(reason)?.page;
    if page.rows.is_empty() {
        let place = tenant.map_or(" everywhere".to_owned(), |slug| format!(" in {slug}"));
        out.after(&format!("nobody may {permission}{place}"))?;
    }
    loop {
        for said in list(ctx, &page.rows, permission, scope) {
            out.member(&said)?;
        }
        out.flush()?;
        let Some(after) = page.after else { break };
        page = permissions::batch(ctx, permission, scope, &after).await.map_err(reason)?.page;
    }
    for line in in_tenants(&places) {
        out.after(&line)?;
    }
    Ok(())
}

/// Where it is held besides, for people.
fn in_tenants(places: &Limited<InTenant>) -> Vec<String> {
    let mut lines = Vec::new();
    if !places.rows.is_empty() {
        lines.push("also given in single tenants (--tenant says to whom):".to_owned());
        lines.extend(places.rows.iter().map(|at| format!("  {}: {}", at.slug, at.people)));
    }
    lines.extend(places.more.then(|| "  and others".to_owned()));
    lines
}

/// A line for each, in columns.
fn list(ctx: &Ctx, rows: &[(Holder, Person)], permission: Permission, scope: Scope) -> impl Iterator<Item = Said> {
    let width = |text: fn(&Holder) -> &str| {
        let lengths = rows.iter().map(|(holder, _)| text(holder).chars().count());
        lengths.filter(|length| *length <= WIDEST).max().unwrap_or_default()
    };
    let (logins, names) = (width(|holder| &holder.login), width(|holder| &holder.display_name));
    let now = ctx.now();
    rows.iter().filter_map(move |(Holder { id, login, display_name: name, .. }, person)| {
        let ways = access::explain::explain(person, permission, scope, now);
        let ways: Vec<String> = ways.iter().map(|path| line(path, permission)).collect();
        // Somebody may have lost it since the batch was read.
        let through = shown(&ways)?;
        let text = format!("{login:<logins$}  {name:<names$}  through {through}");
        Some(Said(text, json!({"id": id, "login": login, "name": name, "through": ways})))
    })
}

/// The first ways on one line; `None` if there is none.
fn shown(ways: &[String]) -> Option<String> {
    let first = ways.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    match ways.len() {
        0 => None,
        1..=SHOWN => Some(first),
        all => Some(format!("{first}; and {} more", all - SHOWN)),
    }
}
