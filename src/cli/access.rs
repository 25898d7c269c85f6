//! Commands about tenants, roles and the audit log.

use serde_json::json;

use super::{
    command::{FactorRule, NewRoleArgs, NewTenantArgs, TenantSetArgs},
    lookup::reason,
    out::{Failure, Said},
};
use crate::{
    domain::{
        audit,
        commands::run,
        ctx::Ctx,
        error::Error,
        permissions,
        roles::{commands::AddRole, input::RoleContent},
        tenants::{
            commands::AddTenant,
            input::NewTenant,
            settings::{self, Required, SetTenantSettings, TenantSettings},
        },
        ulid,
    },
    model::{forms::TenantForm, id::TenantId, scope::Scope},
};

/// `castellan tenant set`: what isn't named stays.
pub async fn set_tenant(ctx: &Ctx, args: TenantSetArgs) -> Result<Said, String> {
    let slug = args.slug.clone();
    let tenant = scope(ctx, Some(&slug)).await?.tenant().ok_or("name a tenant")?;
    let from = {
        let mut conn = ctx.read().await.map_err(reason)?;
        settings::of(&mut conn, tenant).await.map_err(reason)?
    };
    let to = wanted(&from, args)?;
    let to = run(ctx, SetTenantSettings { tenant, from, to }).await.map_err(reason)?;
    let second = if to.second_factor.is_some() { "is required" } else { "is up to them" };
    let line = format!(
        "people of {slug}: passwords {}; a second factor {second}; sessions {}, unused {}{}",
        to.password_min.map_or("as long as everywhere".to_owned(), |min| format!("of {min} characters or more")),
        minutes(to.session_minutes),
        minutes(to.idle_minutes),
        if to.attributes.is_empty() { String::new() } else { format!("; attributes: {}", to.attributes.join(", ")) },
    );
    let said = json!({
        "slug": slug,
        "passwordMin": to.password_min,
        "secondFactor": to.second_factor,
        "sessionMinutes": to.session_minutes,
        "idleMinutes": to.idle_minutes,
        "attributes": to.attributes,
    });
    Ok(Said(line, said))
}

fn wanted(from: &TenantSettings, args: TenantSetArgs) -> Result<TenantSettings, String> {
    let limit = |named: Option<u32>, kept| named.map_or(kept, |minutes| Some(minutes).filter(|minutes| *minutes > 0));
    Ok(TenantSettings {
        password_min: args.password_min.and_then(|min| usize::try_from(min).ok()).or(from.password_min),
        second_factor: match args.second_factor {
            Some(FactorRule::Required) => Some(Required::Required),
            Some(FactorRule::Optional) => None,
            None => from.second_factor,
        },
        session_minutes: limit(args.session, from.session_minutes),
        idle_minutes: limit(args.idle, from.idle_minutes),
        attributes: match args.attributes {
            Some(typed) => settings::attributes(&typed)?,
            None => from.attributes.clone(),
        },
    })
}

fn minutes(limit: Option<u32>) -> String {
    limit.map_or("as long as everywhere".to_owned(), |minutes| format!("{minutes} minutes at most"))
}

/// `castellan tenant create`
pub async fn create_tenant(ctx: &Ctx, args: NewTenantArgs) -> Result<Said, String> {
    let parent = match &args.parent {
        Some(slug) => scope(ctx, Some(slug)).await?.tenant().map(|id| id.to_string()),
        None => None,
    };
    let form = TenantForm { parent: parent.unwrap_or_default(), ..args.form() };
    let tenant = NewTenant::parse(&form).map_err(reason)?;
    let tenant = run(ctx, AddTenant { id: TenantId(ctx.id()), tenant }).await.map_err(reason)?;
    Ok(Said(
        format!("made the tenant {} ({})", tenant.name, tenant.slug),
        json!({"id": tenant.id, "slug": tenant.slug, "name": tenant.name, "kind": tenant.kind, "type": tenant.use_}),
    ))
}

/// `castellan role create`
pub async fn create_role(ctx: &Ctx, args: NewRoleArgs) -> Result<Said, String> {
    let scope = scope(ctx, args.tenant.as_deref()).await?;
    let content = RoleContent::parse(&args.form()).map_err(reason)?;
    let add = AddRole { id: ulid::new_role(ctx), content };
    let role = run(&ctx.clone().working_in(scope), add).await.map_err(reason)?;
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

/// `castellan audit verify`
pub async fn verify(ctx: &Ctx) -> Result<Said, Failure> {
    let checked = audit::check::verify(ctx).await.map_err(reason)?;
    match &checked.broken {
        None => Ok(Said(
            format!("the audit log is whole: {} events are as they were written", checked.whole),
            json!({"whole": true, "events": checked.whole}),
        )),
        Some(broken) => {
            let event = broken.event.map_or(String::new(), |id| format!(" ({id})"));
            Err(Failure::Told(
                format!("the audit log is broken at event {}{event}: {}", broken.seq, broken.why),
                json!({"whole": false, "events": checked.whole, "broken": broken}),
            ))
        }
    }
}
