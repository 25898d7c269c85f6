//! Contract 003, its four rows.

use axum::Json;
use serde_json::Value;

use super::{answers, asked::InPortal};
use crate::{
    api::{body::Body, parameters::Parameters, problem::Result},
    domain::{
        action::Action,
        commands::portal_people::{self, Newcomer},
        error::Error,
        users::{
            input::NewUser,
            of_portals::{self, Place},
        },
    },
    model::{
        error::FieldErrors,
        forms::{NewUserForm, ProfileForm},
    },
};

/// Rows of a page: as many if nobody says, and at most.
pub const LIMITS: (i64, i64) = (50, 100);
const NAME_MAX: usize = 100;
const ADDRESS_MAX: usize = 254;
const ROLES_MAX: usize = 50;

/// Row 1.
pub async fn list(place: InPortal, query: Parameters) -> Result<Json<Value>> {
    place.ctx.require(Action::ReadUser)?;
    let part = part(&query)?;
    let (found, last) = of_portals::list(&place.ctx, place.portal, part).await?;
    Ok(Json(answers::page(&found, last)))
}

/// Row 2.
pub async fn read(place: InPortal) -> Result<Json<Value>> {
    place.ctx.require(Action::ReadUser)?;
    let found = of_portals::read(&place.ctx, place.portal, place.user()?).await?;
    Ok(Json(answers::user(&found)))
}

/// Row 3.
pub async fn create(place: InPortal, body: Body) -> Result<Json<Value>> {
    let InPortal { ctx, portal, .. } = &place;
    ctx.require(Action::AddUser)?;
    let new = newcomer(&place, body).await?;
    let id = portal_people::add(ctx, *portal, new).await.map_err(|error| match error {
        Error::Invalid(fields) => fields.renamed(&[("role", "roles")]).into(),
        other => other,
    })?;
    let found = of_portals::of(&mut *ctx.read().await?, *portal, id).await?;
    Ok(Json(answers::user(&found)))
}

/// Row 4.
pub async fn delete(place: InPortal) -> Result<Json<Value>> {
    place.ctx.require(Action::DeleteUser)?;
    let id = place.user()?;
    portal_people::remove(&place.ctx, place.portal, id).await?;
    Ok(Json(answers::deleted(id)))
}

/// From where on, and how many; everything that is wrong at once.
fn part(query: &Parameters) -> Result<(Place, i64)> {
    let mut problems = FieldErrors::default();
    let after = query.text("after").map_or(Some(Place::START), Place::decode);
    if after.is_none() {
        problems.add("after", "must be a cursor of the page before");
    }
    let limit = query.text("limit").map_or(Some(LIMITS.0), |text| text.parse().ok());
    let limit = limit.filter(|limit| (1..=LIMITS.1).contains(limit));
    if limit.is_none() {
        problems.add("limit", format!("must be a whole number from 1 to {}", LIMITS.1));
    }
    after.zip(limit).ok_or_else(|| problems.into())
}

/// Reads all of a body, and looks up what it names, before anything is refused.
async fn newcomer(place: &InPortal, mut body: Body) -> Result<Newcomer> {
    let profile = ProfileForm {
        first_name: body.line("first_name", NAME_MAX),
        last_name: body.line("last_name", NAME_MAX),
        email: body.line("email", ADDRESS_MAX),
        locale: locale(&mut body),
        ..ProfileForm::default()
    };
    let password = body.text_if("password");
    if password.as_deref() == Some("") {
        refuse(&mut body, "password", "must not be empty");
    }
    let (roles, attributes) = (roles(&mut body), attributes(&mut body));
    let ids: Vec<String> = attributes.iter().map(|(id, _)| id.clone()).collect();
    let (roles, problems) = portal_people::look_up(&place.ctx, place.portal, (&roles, &ids)).await?;
    for (name, message) in problems.iter() {
        body.refuse(name, message);
    }
    let form = NewUserForm { profile, password: password.unwrap_or_default(), ..NewUserForm::default() };
    let user = NewUser::parse(&form);
    if let Err(problems) = &user {
        body.refuse_others(problems);
    }
    body.finish()?;
    let user = NewUser { tenant: Some(place.portal), ..user? };
    Ok(Newcomer { user, roles, attributes: attributes.into_iter().collect() })
}

/// Says what is wrong with a member, unless something else is.
fn refuse(body: &mut Body, name: &str, message: &str) {
    body.refuse_others(&FieldErrors::one(name, message));
}

/// Two small letters, and two capitals; empty for what isn't said or can't be used.
fn locale(body: &mut Body) -> String {
    let text = body.text_if("locale").unwrap_or_default().trim().to_owned();
    let fits = |part: &str, is: fn(&u8) -> bool| part.len() == 2 && part.bytes().all(|byte| is(&byte));
    let is_one = text.split_once('_').is_some_and(|(language, region)| {
        fits(language, u8::is_ascii_lowercase) && fits(region, u8::is_ascii_uppercase)
    });
    match !body.has("locale") || is_one {
        true => text,
        false => {
            refuse(body, "locale", "must be like en_US");
            String::new()
        }
    }
}

fn roles(body: &mut Body) -> Vec<String> {
    let roles = body.texts("roles");
    if !(1..=ROLES_MAX).contains(&roles.len()) {
        refuse(body, "roles", &format!("must name 1 to {ROLES_MAX} roles"));
    }
    roles.iter().map(|text| text.trim().to_owned()).collect()
}

/// Ids and values; a value is any JSON.
fn attributes(body: &mut Body) -> Vec<(String, Value)> {
    let listed = body.values_if("attributes").unwrap_or_default();
    let read: Option<Vec<(String, Value)>> = listed.iter().map(attribute).collect();
    read.unwrap_or_else(|| {
        body.refuse("attributes", "must be a list of objects with an id and a value");
        Vec::new()
    })
}

fn attribute(listed: &Value) -> Option<(String, Value)> {
    let id = listed.get("id")?.as_str()?.trim().to_owned();
    Some((id, listed.get("value")?.clone()))
}
