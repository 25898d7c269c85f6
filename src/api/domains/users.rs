//! Contract 004, rows about the users of a domain.

use axum::{Json, extract::Path, http::StatusCode};
use serde_json::{Value, json};

use super::answers::{person as shown, user};
use crate::{
    api::{
        body::Body,
        known::Known,
        parameters::Parameters,
        problem::{Problem, Result},
    },
    domain::{
        action::Action,
        commands::domain_people::{self, Arrival, Names},
        ctx::Ctx,
        error::{Error, Refused},
        names::forms,
        parse::Email,
        tenants::{
            naming::Domain,
            reaching::{self, is_resellers},
        },
        users::{
            input::{OneName, ProfileChange},
            of_domains::{self, as_seen, member, reached},
        },
    },
    model::id::UserId,
};

/// Row B1. Which kind of credential came is looked at before the body is.
pub async fn create(
    Known(ctx): Known,
    query: Parameters,
    body: std::result::Result<Body, Problem>,
) -> Result<Json<Value>> {
    let skips_mail = query.flag("skipMailValidation", false)?;
    if skips_mail {
        reaching::require_resellers(&ctx)?;
    }
    let said = body.as_ref().ok().and_then(|body| body.said("domain"));
    let (ctx, domain) = match said {
        Some(name) => named(&ctx, name.trim()).await?,
        None if is_resellers(&ctx) => {
            ctx.require(Action::AddUser)?;
            return Err(nowhere(body?));
        }
        None => (ctx.clone(), reaching::own(&ctx).await?),
    };
    domain_people::require_may_add(&ctx, domain.id).await?;
    let mut body = body?;
    let (_, email) = (body.text_if("domain"), email(&mut body));
    let role = role(&mut body);
    // Who is known keeps what is known, and nobody looks at what was sent besides.
    let names = match &email {
        Some(email) if domain_people::is_known(&ctx, email).await? => None,
        _ => names(&mut body),
    };
    body.finish()?;
    let (Some(email), Some(role)) = (email, role) else {
        return Err(Problem::Status(StatusCode::BAD_REQUEST));
    };
    let added = domain_people::add(&ctx, domain.id, &Arrival { email, role, names, skips_mail }).await?;
    answer(&ctx, &domain, added).await
}

/// What is wrong with a body that doesn't say where.
fn nowhere(mut body: Body) -> Problem {
    body.text("domain");
    email(&mut body);
    role(&mut body);
    body.finish().err().unwrap_or(Problem::Status(StatusCode::BAD_REQUEST))
}

fn email(body: &mut Body) -> Option<Email> {
    let text = body.text("email");
    if body.is_refused("email") { None } else { body.check("email", Email::parse(&text).map_err(|_| address())) }
}

fn address() -> String {
    "must be an e-mail address of at most 254 characters".to_owned()
}

fn role(body: &mut Body) -> Option<String> {
    let text = body.text("role");
    if body.is_refused("role") { None } else { body.check("role", forms::role_name(&text)) }
}

fn names(body: &mut Body) -> Option<Names> {
    let text = body.text("userName");
    let user_name = if body.is_refused("userName") { None } else { body.check("userName", name(&text)) };
    let phone = body.text_if("phone").filter(|_| !body.is_refused("phone"));
    let phone = phone.and_then(|phone| body.check("phone", forms::phone(&phone)));
    user_name.map(|user_name| Names { user_name, phone })
}

/// What people are called, in the form that it has here.
fn name(text: &str) -> std::result::Result<OneName, String> {
    forms::user_name(text).and_then(|name| OneName::parse(&name))
}

/// Row C1.
pub async fn person(Known(ctx): Known, Path(email): Path<String>) -> Result<Json<Value>> {
    ctx.require(Action::ReadUser)?;
    let (user, domain) = reached(&ctx, reaching::resellers(&ctx), &email).await?;
    let ctx = reaching::within(&ctx, domain).await?;
    Ok(Json(shown(&as_seen(&ctx, user))))
}

/// Row C2.
pub async fn list(Known(ctx): Known, Path(domain): Path<String>) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    let users = of_domains::list(&ctx, domain.id).await?;
    Ok(Json(users.iter().map(|one| user(one, &domain.name)).collect()))
}

/// Row C3.
pub async fn read(Known(ctx): Known, Path((email, domain)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    Ok(Json(user(&of_domains::read(&ctx, domain.id, &email).await?, &domain.name)))
}

/// Row C4.
pub async fn remove(Known(ctx): Known, Path((email, domain)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    ctx.require(Action::RemoveMembership)?;
    let user = member(&ctx, &email).await?.id;
    domain_people::remove(&ctx, (domain.id, user)).await.map_err(|error| match error {
        Error::Refused(Refused::Owner) => {
            Problem::Coded(StatusCode::BAD_REQUEST, "112", "Domain owner can not be deleted".to_owned())
        }
        other => other.into(),
    })?;
    Ok(Json(json!({})))
}

/// Row C5.
pub async fn disable(Known(ctx): Known, Path((email, domain)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    ctx.require(Action::DisableUser)?;
    let user = member(&ctx, &email).await?.id;
    domain_people::disable(&ctx, (domain.id, user)).await?;
    answer(&ctx, &domain, user).await
}

/// Row C6.
pub async fn enable(Known(ctx): Known, Path((email, domain)): Path<(String, String)>) -> Result<Json<Value>> {
    let (ctx, domain) = named(&ctx, &domain).await?;
    ctx.require(Action::EnableUser)?;
    let user = member(&ctx, &email).await?.id;
    domain_people::enable(&ctx, (domain.id, user)).await?;
    answer(&ctx, &domain, user).await
}

/// Row C8: what isn't named stays.
pub async fn update(Known(ctx): Known, Path(email): Path<String>, mut body: Body) -> Result<Json<Value>> {
    ctx.require(Action::UpdateUser)?;
    reached(&ctx, reaching::resellers(&ctx), &email).await?;
    let user_name = body.text_if("userName").filter(|_| !body.is_refused("userName"));
    let user_name = user_name.and_then(|text| body.check("userName", name(&text)));
    let phone = match body.text_if("phone").filter(|_| !body.is_refused("phone")) {
        Some(phone) if phone.trim().is_empty() => Some(String::new()),
        Some(phone) => body.check("phone", forms::phone(&phone)),
        None => None,
    };
    body.finish()?;
    let change = ProfileChange { name: user_name, phone, ..ProfileChange::default() };
    let changed = domain_people::update(&ctx, &email, change).await?;
    Ok(Json(shown(&changed)))
}

/// The caller at work in the domain of this name.
pub async fn named(ctx: &Ctx, domain: &str) -> Result<(Ctx, Domain)> {
    Ok(reaching::named(ctx, domain, "domain").await?)
}

/// A user of a domain, as they are now.
pub async fn answer(ctx: &Ctx, domain: &Domain, id: UserId) -> Result<Json<Value>> {
    Ok(Json(user(&of_domains::of(ctx, domain.id, id).await?, &domain.name)))
}
