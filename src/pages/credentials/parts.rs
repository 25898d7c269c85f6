//! Parts of the page of one credential.

use leptos::prelude::*;

use super::life::{Ends, LastUsed, State, reasons};
use crate::{
    domain::attention::{IDLE_DAYS, Life},
    model::{fields::Fields, merge::Part, permission::PermissionSet, timestamp::Timestamp},
    pages::{
        form::{Act, Field, Form, FormState, Hidden},
        overtaken::as_typed,
        parts::Opened,
        times::{Time, moment},
    },
};

/// What it is called and what it is, and what can be done at once.
#[component]
pub fn Head(
    name: String,
    /// What it is, and whose.
    about: AnyView,
    /// The buttons before the way to delete it.
    children: Children,
    /// The page that asks whether it shall be deleted, for those who may do that.
    delete: Option<String>,
) -> impl IntoView {
    view! {
        <div class="head">
            <div><h1><bdi>{name}</bdi></h1><p>{about}</p></div>
            <div class="do">{children()}{delete.map(|href| view! { <a class="btn bad" href=href>"Delete…"</a> })}</div>
        </div>
    }
}

/// Why whoever answers for it should look at it.
#[component]
pub fn Attention(life: Life, now: Timestamp) -> impl IntoView {
    let why = reasons(&life, now);
    (!why.is_empty()).then(|| view! { <p class="note warn"><span>"Needs attention: "{why}"."</span></p> })
}

/// What all credentials have: rows of a list of facts.
#[component]
pub fn LifeFacts(life: Life, from: Option<String>, allowed_from: String, now: Timestamp) -> impl IntoView {
    let allowed_from = if allowed_from.is_empty() { "any address".to_owned() } else { allowed_from };
    view! {
        <dt>"State"</dt><dd><State life now/></dd>
        <dt>"Last used"</dt><dd><LastUsed life from now/></dd>
        <dt>"Accepted from"</dt><dd>{allowed_from}</dd>
        <dt>"Ends"</dt><dd><Ends life now/></dd>
        <dt>"Made"</dt><dd><Time at=moment(life.created_at, now)/></dd>
    }
}

/// What it may at most, and what of that it was used for.
#[component]
pub fn Most(
    bounds: PermissionSet,
    used: PermissionSet,
    /// What is said where nothing bounds it.
    everything: &'static str,
) -> impl IntoView {
    let most = if bounds == PermissionSet::all() { everything.to_owned() } else { listed(bounds) };
    view! {
        <dt>"Limited to"</dt><dd>{most}</dd>
        <dt>{format!("Permissions used in {IDLE_DAYS} days")}</dt><dd>{listed(used)}</dd>
    }
}

fn listed(set: PermissionSet) -> String {
    match set.names() {
        names if names.is_empty() => "none".into(),
        names => names.join(" "),
    }
}

const NAME: &[Part] = &[Part::new("name", &["name"])];

/// The form that gives it another name.
#[component]
pub fn Renaming(function: &'static str, id: String, name: String, version: i64) -> impl IntoView {
    let saved = Fields::default().with("id", id).with("name", name).with("version", version.to_string());
    let state = FormState::editing(function, (NAME, saved), as_typed);
    view! {
        <section class="card"><header><h2>"Name"</h2></header><div class="in">
            <Form function state>
                <Hidden name="id"/><Opened parts=NAME/>
                <Field name="name" label="Name" required=true/>
                <div class="actions"><button class="btn">"Rename"</button></div>
            </Form>
        </div></section>
    }
}

/// The button that locks it out, or lets it in again.
#[component]
pub fn Locking(
    /// What enables, and what disables.
    functions: (&'static str, &'static str),
    id: String,
    life: Life,
) -> impl IntoView {
    let (function, label, title) = match life.is_disabled {
        true => (functions.0, "Enable", "It works again at once."),
        false => (functions.1, "Disable", "It is refused at once. Nothing is deleted, and you can enable it again."),
    };
    view! { <Act function fields=vec![("id", id)]><button class="btn" title=title>{label}</button></Act> }
}

/// The way to another secret, behind what that does.
#[component]
pub fn Another(
    function: &'static str,
    id: String,
    heading: &'static str,
    about: &'static str,
    button: &'static str,
) -> impl IntoView {
    view! {
        <section class="card"><header><h2>{heading}</h2></header><div class="in">
            <details class="rest">
                <summary>{button}"…"</summary>
                <Act function fields=vec![("id", id)] class="form">
                    <p>{about}</p>
                    <div class="actions"><button class="btn">{button}</button></div>
                </Act>
            </details>
        </div></section>
    }
}
