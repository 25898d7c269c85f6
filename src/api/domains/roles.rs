//! Contract 004, rows about the roles of a user of a domain.

use axum::{Json, extract::Path};
use serde_json::Value;

use super::users::{answer, named};
use crate::{
    api::{body::Body, known::Known, problem::Result},
    domain::{
        action::Action,
        commands::domain_people::{set_roles, take_roles},
        names::forms,
        users::of_domains::member,
    },
};

/// Row B2: these take the place of all others.
pub async fn set(Known(ctx): Known, Path((email, domain)): Path<(String, String)>, body: Body) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    ctx.require(Action::Give)?;
    let user = member(&ctx, &email).await?.id;
    set_roles(&ctx, (domain.id, user), &names(body)?).await?;
    answer(&ctx, &domain, user).await
}

/// Row B3: names that they don't hold are ignored.
pub async fn take(Known(ctx): Known, Path((email, domain)): Path<(String, String)>, body: Body) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    ctx.require(Action::Take)?;
    let user = member(&ctx, &email).await?.id;
    take_roles(&ctx, (domain.id, user), &names(body)?).await?;
    answer(&ctx, &domain, user).await
}

/// Row C7.
pub async fn set_one(
    Known(ctx): Known,
    Path((email, domain, role)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    ctx.require(Action::Give)?;
    let user = member(&ctx, &email).await?.id;
    let mut body = Body::default();
    let role = body.check("roleName", forms::role_name(&role));
    body.finish()?;
    set_roles(&ctx, (domain.id, user), role.as_slice()).await?;
    answer(&ctx, &domain, user).await
}

/// The names of a body, each of which can be a role's.
fn names(mut body: Body) -> Result<Vec<String>> {
    let names = body.names("roles");
    for name in &names {
        body.check("roles", forms::role_name(name).map_err(|message| format!("hold a name that {message}")));
    }
    body.finish()?;
    Ok(names)
}
