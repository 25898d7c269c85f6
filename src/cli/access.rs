//! Commands about tenants, roles and the audit log.

use serde_json::json;

use super::{
    command::{NewRoleArgs, NewTenantArgs},
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
        tenants::{commands::AddTenant, input::NewTenant},
        ulid,
    },
    model::{forms::TenantForm, id::TenantId, scope::Scope},
};

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
