//! Users: the list, one user, making, editing, and what is done to them.

pub mod actions;
pub mod bulk;
pub mod detail;
pub mod edit;
pub mod list;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use leptos::prelude::*;

use crate::{
    domain::error::Error,
    model::id::{GrantId, UserId},
    server::AppState,
};

/// The user that a path names. An id that can't be one is nobody's.
#[derive(Clone, Copy, Debug)]
pub struct UserPath(pub UserId);

impl FromRequestParts<AppState> for UserPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        parameter(parts, state, "id").await.map(Self).ok_or(Error::NotFound("user"))
    }
}

/// The grant that a path names.
#[derive(Clone, Copy, Debug)]
pub struct GrantPath(pub GrantId);

impl FromRequestParts<AppState> for GrantPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        parameter(parts, state, "grant").await.map(Self).ok_or(Error::NotFound("grant"))
    }
}

async fn parameter<T: std::str::FromStr>(parts: &mut Parts, state: &AppState, name: &str) -> Option<T> {
    let parameters = RawPathParams::from_request_parts(parts, state).await.ok()?;
    parameters.iter().find(|(found, _)| *found == name)?.1.parse().ok()
}

/// The way back: `Users / …`.
#[component]
fn Crumb(#[prop(optional)] user: Option<(UserId, String)>, here: &'static str) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a href="/admin/users">"Users"</a>" / "
            {user.map(|(id, name)| view! { <a href=format!("/admin/users/{id}")><bdi>{name}</bdi></a>" / " })}
            <span aria-current="page">{here}</span>
        </nav>
    }
}
