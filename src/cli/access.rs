//! Commands about who may do what: tenants, roles, the engine's answers, and the audit log.

use serde_json::json;

use super::{
    command::{NewRoleArgs, NewTenantArgs},
    run::{Said, named, reason},
};
use crate::{
    domain::{
        clock::exact,
        ctx::Ctx,
        engine::{Link, Path, explain as paths},
        error::Error,
        events, permissions,
        roles::{self, Draft},
        tenants,
    },
    model::{fields::Fields, permission::Permission, scope::Scope},
};

/// `castellan tenant create`
pub async fn create_tenant(ctx: &Ctx, args: NewTenantArgs) -> Result<Said, String> {
    let parent = match &args.parent {
        Some(slug) => scope(ctx, Some(slug)).await?.tenant().map(|id| id.to_string()),
        None => None,
    };
    let fields: Fields = args.fields().with("parent", parent.unwrap_or_default());
    let draft = tenants::Draft::parse(&fields).map_err(|errors| reason(errors.into()))?;
    let tenant = tenants::create(ctx, draft).await.map_err(reason)?;
    Ok(Said(
        format!("made the tenant {} ({})", tenant.name, tenant.slug),
        json!({"id": tenant.id, "slug": tenant.slug, "name": tenant.name, "kind": tenant.kind, "type": tenant.use_}),
    ))
}

/// `castellan role create`
pub async fn create_role(ctx: &Ctx, args: NewRoleArgs) -> Result<Said, String> {
    let scope = scope(ctx, args.tenant.as_deref()).await?;
    let draft = Draft::parse(&args.fields()).map_err(|errors| reason(errors.into()))?;
    let role = roles::create(&ctx.clone().working_in(scope), draft).await.map_err(reason)?;
    Ok(Said(
        format!("made the role {} (version {})", role.name, role.version),
        json!({"id": role.id, "number": role.number, "name": role.name, "version": role.version}),
    ))
}

pub(super) async fn scope(ctx: &Ctx, slug: Option<&str>) -> Result<Scope, String> {
    let found = permissions::scope(ctx, slug).await;
    found.map_err(|error| match error {
        Error::NotFound(_) => format!("there is no tenant {}", slug.unwrap_or_default()),
        other => reason(other),
    })
}

fn parse(permission: &str) -> Result<Permission, String> {
    Permission::parse(permission).ok_or_else(|| format!("there is no permission {permission}"))
}

/// `castellan explain`
pub async fn explain(ctx: &Ctx, user: &str, permission: &str, tenant: Option<String>) -> Result<Said, String> {
    let permission = parse(permission)?;
    let ctx = ctx.clone().working_in(scope(ctx, tenant.as_deref()).await?);
    let user = named(&ctx, user).await?;
    let (user, person) = permissions::of_user(&ctx, user.id).await.map_err(reason)?;
    let ways = paths(&person, permission, ctx.scope, ctx.now());
    let lines: Vec<String> = ways.iter().map(line).collect();
    let may = !lines.is_empty() && user.disabled_at.is_none();
    let verdict = match (lines.is_empty(), user.disabled_at) {
        (true, _) => format!("{} may not {permission}", user.login),
        (false, Some(_)) => format!("{} is disabled, and may not {permission}; otherwise:", user.login),
        (false, None) => format!("{} may {permission}:", user.login),
    };
    let text = std::iter::once(verdict).chain(lines.iter().map(|line| format!("  {line}"))).collect::<Vec<_>>();
    Ok(Said(text.join("\n"), json!({"user": user.login, "permission": permission.name(), "may": may, "paths": lines})))
}

fn line(path: &Path<'_>) -> String {
    let grant = path.grant;
    let what = grant.role.as_ref().map_or("this permission alone".to_owned(), |(_, name)| format!("role {name}"));
    let group =
        |link: &Link| link.name.as_ref().map_or("a group of another tenant".into(), |name| format!("group {name}"));
    let groups: String = path.groups.iter().rev().map(|link| format!(" <- {}", group(link))).collect();
    let direct = if path.groups.is_empty() { ", given directly" } else { "" };
    let place = grant.tenant.as_ref().map_or(String::new(), |(_, name)| format!(", in {name}"));
    let end = grant.until.map_or(String::new(), |at| format!(", until {}", exact(at)));
    format!("{what}{groups}{direct}{place}{end}")
}

/// `castellan who-can`: everybody, read page by page.
pub async fn who_can(ctx: &Ctx, permission: &str, tenant: Option<String>) -> Result<Said, String> {
    let permission = parse(permission)?;
    let ctx = ctx.clone().working_in(scope(ctx, tenant.as_deref()).await?);
    let mut logins = Vec::new();
    let mut after = Some(String::new());
    while let Some(place) = after {
        let page = permissions::who_can(&ctx, permission, ctx.scope, &place).await.map_err(reason)?.page;
        logins.extend(page.rows.into_iter().map(|(holder, _)| holder.login));
        after = page.after;
    }
    let text = match logins.len() {
        0 => format!("nobody may {permission}"),
        _ => logins.join("\n"),
    };
    Ok(Said(text, json!({"permission": permission.name(), "users": logins})))
}

/// `castellan audit verify`
pub async fn verify(ctx: &Ctx) -> Result<Said, String> {
    let checked = events::verify(ctx).await.map_err(reason)?;
    match checked.broken {
        None => Ok(Said(
            format!("the audit log is whole: {} events are as they were written", checked.whole),
            json!({"whole": true, "events": checked.whole}),
        )),
        Some(broken) => {
            let event = broken.event.map_or(String::new(), |id| format!(" ({id})"));
            Err(format!("the audit log is broken at event {}{event}: {}", broken.seq, broken.why))
        }
    }
}
