//! Contract 001, rows about users.

use axum::{Json, http::StatusCode, response::Response};
use serde_json::Value;

use super::{
    answers::{HIDDEN, list as listed, user},
    asked::{Numbered, wanted},
};
use crate::{
    api::{
        body::Body,
        known::InTenant,
        parameters::Parameters,
        problem::{Problem, Result},
    },
    domain::{
        action::Action,
        commands::back_office::{self, MemberChange},
        ctx::Ctx,
        error::Error,
        mask::MASK,
        parse::{Email, line},
        roles::numbered,
        users::{
            allowlist::Allowlist,
            input::{NewUser, OneName, Profile, ProfileChange, Special},
            of_back_office as members, policy,
        },
    },
    model::{
        error::FieldErrors,
        id::{RoleId, TenantId, UserId},
    },
};

/// What the contract calls the fields of a user.
const NAMES: [(&str, &str); 6] = [
    ("first_name", "name"),
    ("last_name", "name"),
    ("display_name", "name"),
    ("role", "groups"),
    ("permission", "canViewMaskedData"),
    ("tenant", "groups"),
];
const TAG_MAX: usize = 100;
/// Characters of a phone number as it is sent, blanks and all.
const PHONE_MAX: usize = 40;
const PHONE: &str = "must be like +18043257762";

/// Row 1.
pub async fn list(InTenant(ctx, tenant): InTenant, query: Parameters) -> Result<Response> {
    let wanted = wanted(&query)?;
    let (found, total) = members::list(&ctx, tenant, &wanted).await?;
    Ok(listed(found.iter().map(user).collect(), total))
}

/// Row 2.
pub async fn read(InTenant(ctx, tenant): InTenant, Numbered(number): Numbered) -> Result<Json<Value>> {
    Ok(Json(user(&members::read(&ctx, tenant, number).await?)))
}

/// Row 3.
pub async fn create(InTenant(ctx, tenant): InTenant, mut body: Body) -> Result<(StatusCode, Json<Value>)> {
    ctx.require(Action::AddUser)?;
    for name in ["name", "email", "password", "active", "tfa", "groups"] {
        body.require(name);
    }
    let (change, password) = change(&ctx, tenant, &mut body).await?;
    if change.masked_phone.is_some() {
        body.refuse("phone", PHONE);
    }
    let needs_factor = change.needs_factor == Some(true);
    let password = match &password {
        Some(text) => {
            let conn = &mut *ctx.read().await?;
            let read = policy::parse_new(conn, (&change.profile, tenant), (text, needs_factor)).await?;
            body.check("password", read)
        }
        None => None,
    };
    body.finish()?;
    let phone = change.profile.phone.clone().filter(|phone| !phone.is_empty());
    let named = change.profile.name.clone().zip(change.profile.email.clone());
    let profile = named.map(|(name, email)| Profile::of_one_name(&name, email, phone));
    let (Some(profile), Some(password)) = (profile, password) else {
        return Err(Problem::parameter("password", "is required"));
    };
    let special = Special { needs_factor, ..Special::default() };
    let new = NewUser { profile, password: Some(password), roles: None, tenant: Some(tenant), special };
    let id = back_office::add(&ctx, tenant, new, &change).await.map_err(told)?;
    Ok((StatusCode::CREATED, answer(&ctx, tenant, id).await?))
}

/// Rows 4 and 5.
pub async fn update(
    InTenant(ctx, tenant): InTenant,
    Numbered(number): Numbered,
    mut body: Body,
) -> Result<Json<Value>> {
    ctx.require(Action::UpdateUser)?;
    let id = members::numbered(&ctx, tenant, number).await?;
    let (mut change, password) = change(&ctx, tenant, &mut body).await?;
    body.finish()?;
    change.password = password;
    keep_what_is_hidden(&ctx, id, &mut change)?;
    back_office::update(&ctx, (tenant, id), &change).await.map_err(told)?;
    answer(&ctx, tenant, id).await
}

/// Row 6.
pub async fn delete(InTenant(ctx, tenant): InTenant, Numbered(number): Numbered) -> Result<StatusCode> {
    ctx.require(Action::DeleteUser)?;
    let id = members::numbered(&ctx, tenant, number).await?;
    back_office::remove(&ctx, (tenant, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was shown masked and comes back says nothing; what isn't seen isn't replaced.
fn keep_what_is_hidden(ctx: &Ctx, id: UserId, change: &mut MemberChange) -> Result<()> {
    if let Some(list) = &change.allowlist
        && back_office::require_sees_allowlist(ctx, id).is_err()
    {
        if !list.texts().is_empty() {
            back_office::require_sees_allowlist(ctx, id)?;
        }
        change.allowlist = None;
    }
    Ok(())
}

/// What a body says of a member, as far as it says something; and the password, which is read once it is known whose it is.
async fn change(ctx: &Ctx, tenant: TenantId, body: &mut Body) -> Result<(MemberChange, Option<String>)> {
    let name = text(body, "name").and_then(|text| body.check("name", OneName::parse(&text)));
    let email = text(body, "email").and_then(|text| body.check("email", Email::parse(&text)));
    let (phone, masked_phone) = phone(body);
    let allowlist = body.texts_if("ipWhitelist").and_then(|texts| body.check("ipWhitelist", Allowlist::parse(&texts)));
    let change = MemberChange {
        profile: ProfileChange { name, email, phone, ..ProfileChange::default() },
        masked_phone,
        password: None,
        active: body.flag_if("active"),
        needs_factor: body.flag_if("tfa"),
        roles: roles(ctx, tenant, body).await?,
        allowlist,
        tags: tags(body),
        unmasked: body.flag_if("canViewMaskedData"),
        tells: body.flag_if("sendNotify").unwrap_or_default(),
    };
    Ok((change, text(body, "password")))
}

/// A text that may be absent; nothing where it is wrong, which is told once.
fn text(body: &mut Body, name: &str) -> Option<String> {
    body.text_if(name).filter(|_| !body.is_refused(name))
}

/// A number as it is kept, or as it was shown masked. `null` and nothing clear it.
fn phone(body: &mut Body) -> (Option<String>, Option<String>) {
    if body.is_null("phone") {
        return (Some(String::new()), None);
    }
    let Some(text) = body.text_if("phone") else {
        return (None, None);
    };
    if text.chars().count() > PHONE_MAX {
        body.refuse("phone", &format!("must have at most {PHONE_MAX} characters"));
        return (None, None);
    }
    if text.contains(HIDDEN) {
        return (None, Some(text.trim().replace(HIDDEN, &MASK.to_string())));
    }
    let number: String = text.trim().chars().filter(|c| *c != ' ').collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !number.is_empty() && (!fits || digits.starts_with('0')) {
        body.refuse("phone", PHONE);
    }
    (Some(number), None)
}

async fn roles(ctx: &Ctx, tenant: TenantId, body: &mut Body) -> Result<Option<Vec<RoleId>>> {
    let Some(numbers) = body.numbers_if("groups") else {
        return Ok(None);
    };
    match numbered::named(&mut *ctx.read().await?, tenant, &numbers).await? {
        Ok(roles) => Ok(Some(roles)),
        Err(number) => {
            body.refuse("groups", &format!("there is no group {number}"));
            Ok(None)
        }
    }
}

/// Tags are texts, or objects with such a name (the contract's text and its example differ).
fn tags(body: &mut Body) -> Option<Vec<String>> {
    let values = body.values_if("clientTags")?;
    let mut tags: Vec<String> = Vec::with_capacity(values.len());
    for value in &values {
        let text = value.as_str().or_else(|| value.get("name").and_then(Value::as_str)).unwrap_or_default();
        match line(text, TAG_MAX) {
            Ok(tag) if !tag.is_empty() => {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            _ => {
                body.refuse(
                    "clientTags",
                    &format!("must be texts of 1 to {TAG_MAX} characters, or objects with a name"),
                );
                return None;
            }
        }
    }
    Some(tags)
}

async fn answer(ctx: &Ctx, tenant: TenantId, id: UserId) -> Result<Json<Value>> {
    Ok(Json(user(&members::of(ctx, tenant, id).await?)))
}

/// A refusal in the contract's words.
fn told(error: Error) -> Problem {
    match error {
        Error::Invalid(fields) => FieldErrors::renamed(fields, &NAMES).into(),
        other => other.into(),
    }
}
