//! What is asked of people: the fields that the page of all and the page of each tenant share.

pub mod page;

use leptos::prelude::*;

use crate::{
    domain::{
        sessions::store::{IDLE, LIFETIME},
        tenants::settings::TenantSettings,
    },
    model::{fields::Fields, forms::REQUIRED, merge::Part},
    pages::form::{Choice, Field},
};

/// What a form of settings says.
pub const PARTS: &[Part] = &[
    Part::new("length of passwords", &["password_min"]),
    Part::new("second factor", &["second_factor"]),
    Part::new("length of sessions", &["session_minutes"]),
    Part::new("time that sessions may stay unused", &["idle_minutes"]),
];

/// The form as it is saved.
#[must_use]
pub fn saved(settings: &TenantSettings) -> Fields {
    let text = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    Fields::default()
        .with("password_min", settings.password_min.map(|min| min.to_string()).unwrap_or_default())
        .with("second_factor", settings.second_factor.map(|_| REQUIRED).unwrap_or_default())
        .with("session_minutes", text(settings.session_minutes))
        .with("idle_minutes", text(settings.idle_minutes))
}

/// What settings ask for, in a few words.
#[must_use]
pub fn summary(settings: &TenantSettings) -> String {
    let parts = [
        settings.password_min.map(|min| format!("passwords of {min} characters or more")),
        settings.second_factor.map(|_| "a second factor".to_owned()),
        settings.session_minutes.map(|minutes| format!("sessions of {minutes} minutes")),
        settings.idle_minutes.map(|minutes| format!("sessions end after {minutes} minutes unused")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "as everywhere".to_owned() } else { parts.join(", ") }
}

/// The fields of either form.
#[component]
pub fn AskedFields() -> impl IntoView {
    let required = vec![(REQUIRED.to_owned(), "required of everybody".to_owned())];
    view! {
        <Field name="password_min" label="Least characters of a password"
            hint="From 8 to 128. Empty: 15, or 8 where a second factor is required."/>
        <Choice name="second_factor" label="Second factor" none="up to each person" options=required/>
        <Field name="session_minutes" label="Minutes that a session lasts"
            hint=format!("From 15 to {}, which is how long it lasts if this is empty.", LIFETIME / 60)/>
        <Field name="idle_minutes" label="Minutes after which an unused session ends"
            hint=format!("From 15 to {}, which is how long it lasts if this is empty.", IDLE / 60)/>
    }
}
