//! What is asked of people: the fields that the page of all and the page of each tenant share.

pub mod page;

use leptos::prelude::*;

use crate::{
    domain::{
        passwords::minimum::KINDS,
        sessions::store::{IDLE, LIFETIME},
        tenants::settings::{HISTORY_MAX, TenantSettings},
    },
    model::{fields::Fields, forms::REQUIRED, merge::Part},
    pages::form::{Choice, Field},
};

/// What a form of settings says.
pub const PARTS: &[Part] = &[
    Part::new("length of passwords", &["password_min"]),
    Part::new("kinds of characters in passwords", &["password_kinds"]),
    Part::new("former passwords", &["password_history"]),
    Part::new("age of passwords", &["password_days"]),
    Part::new("second factor", &["second_factor"]),
    Part::new("length of sessions", &["session_minutes"]),
    Part::new("time that sessions may stay unused", &["idle_minutes"]),
];

/// The form as it is saved.
#[must_use]
pub fn saved(settings: &TenantSettings) -> Fields {
    Fields::default()
        .with("password_min", text(settings.password_min))
        .with("password_kinds", text(settings.password_kinds))
        .with("password_history", text(settings.password_history))
        .with("password_days", text(settings.password_days))
        .with("second_factor", settings.second_factor.map(|_| REQUIRED).unwrap_or_default())
        .with("session_minutes", text(settings.session_minutes))
        .with("idle_minutes", text(settings.idle_minutes))
}

fn text(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// What settings ask for, in a few words.
#[must_use]
pub fn summary(settings: &TenantSettings) -> String {
    let parts = [
        settings.password_min.map(|min| format!("passwords of {min} characters or more")),
        settings.password_kinds.map(|kinds| format!("{kinds} kinds of characters in them")),
        settings.password_history.map(|last| format!("none of the last {last} passwords again")),
        settings.password_days.map(|days| match days {
            1 => "another password every day".to_owned(),
            days => format!("another password after {days} days"),
        }),
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
    let kinds = (2..=KINDS)
        .map(|kinds| (kinds.to_string(), format!("{kinds} of small letters, capitals, digits, others")))
        .collect();
    view! {
        <div class="two">
            <Field name="password_min" label="Minimum password length"
                hint="From 8 to 128 characters. Empty: 15, or 8 where a second factor is required."/>
            <Choice name="password_kinds" label="Kinds of characters" none="any" options=kinds/>
        </div>
        <div class="two">
            <Field name="password_history" label="Password history"
                hint=format!("So many of the last passwords can't be chosen again, from 2 to {HISTORY_MAX}. Empty: former ones are not kept.")/>
            <Field name="password_days" label="Maximum password age, in days"
                hint="Then another is chosen at the next sign-in. Empty: it lasts until somebody else may know it, as NIST advises."/>
        </div>
        <Choice name="second_factor" label="Second factor" none="up to each person" options=required/>
        <div class="two">
            <Field name="session_minutes" label="Maximum session length, in minutes"
                hint=format!("From 15 to {0}. Empty: {0}.", LIFETIME / 60)/>
            <Field name="idle_minutes" label="Idle timeout, in minutes"
                hint=format!("From 15 to {0}. Empty: {0}.", IDLE / 60)/>
        </div>
    }
}
