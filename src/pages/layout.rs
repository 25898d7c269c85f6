//! The two frames: the gate for strangers, and the console.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::form::Act;
use crate::{
    domain::error::Error,
    functions::{
        account::{ChooseTheme, SignOut},
        audit::UndoRequest,
    },
    http::{
        error::{refusal, sentence},
        fields::BARE,
        flash::{Notice, Sentence},
        visit::{Answered, Theme, Visit, to, visit},
    },
    model::{permission::Permission, user::initials},
};

/// A line icon of the sprite.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg> }
}

#[component]
fn Brand() -> impl IntoView {
    view! { <a class="brand" href="/"><svg class="mark" aria-hidden="true"><use href="/icons.svg#mark"></use></svg>"Castellan"</a> }
}

/// What a page is called. leptos_meta writes it into the document as it is, so what somebody typed is made harmless here.
#[component]
fn Called(title: String) -> impl IntoView {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text=format!("{title} · Castellan")/> }
}

/// A page for strangers: one card in the middle, no script.
#[component]
pub fn Gate(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let done = visit().done.clone();
    view! {
        <Called title/>
        <main id="main" tabindex="-1">
            <Brand/>
            {done.map(|done| view! { <div class="note good" role="status"><p><Said sentence=done.sentence/></p></div> })}
            <div class="card">{children()}</div>
        </main>
    }
    .into_any()
}

/// A page of the console.
#[component]
pub fn Console(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let visit = visit();
    view! {
        <Called title/>
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="frame">
            <header class="top">
                <Brand/>
                {visit.tenant.clone().map(|name| view! { <span class="where"><bdi>{name}</bdi></span> })}
                <details class="menu">
                    <summary class="btn quiet">"Menu"</summary>
                    <nav aria-label="Main"><Items visit=visit.clone()/><Foot visit=visit.clone()/></nav>
                </details>
            </header>
            <nav class="side" aria-label="Main"><Brand/><Items visit=visit.clone()/><Foot visit=visit.clone()/></nav>
            <main id="main" tabindex="-1"><Refused/>{children()}</main>
        </div>
        {visit.done.clone().map(|notice| view! { <Toast notice/> })}
    }
    .into_any()
}

/// Why a button was refused that has no form of its own to say it.
#[component]
fn Refused() -> impl IntoView {
    let answered = Answered::here().filter(|answered| !answered.typed.text(BARE).is_empty());
    let error = answered.as_ref().and_then(|answered| answered.refused());
    let message = error.map(|error| match error {
        Error::Invalid(fields) => fields.iter().map(|(_, message)| sentence(message)).collect(),
        other => refusal(other).message,
    });
    message.map(|message: String| view! { <div class="note bad" role="alert">{message}</div> })
}

/// A page of the menu, with the permission to see it.
pub struct NavItem {
    permission: Permission,
    /// Its path in the console.
    pub path: &'static str,
    icon: &'static str,
    label: &'static str,
}

impl NavItem {
    const fn new(permission: Permission, path: &'static str, icon: &'static str, label: &'static str) -> Self {
        Self { permission, path, icon, label }
    }
}

const NAV: [NavItem; 6] = [
    NavItem::new(Permission::UsersList, "/users", "users", "Users"),
    NavItem::new(Permission::GroupsList, "/groups", "groups", "Groups"),
    NavItem::new(Permission::RolesList, "/roles", "shield", "Roles"),
    NavItem::new(Permission::RolesRead, "/permissions", "key", "Permissions"),
    NavItem::new(Permission::TenantsList, "/tenants", "tenants", "Tenants"),
    NavItem::new(Permission::AuditRead, "/audit", "audit", "Audit"),
];

/// The pages that the reader may see.
pub fn menu(visit: &Visit) -> impl Iterator<Item = &'static NavItem> {
    NAV.iter().filter(|item| visit.ctx.may(item.permission))
}

#[component]
fn Items(visit: Visit) -> impl IntoView {
    let at = visit.here.strip_prefix(visit.base.as_str()).unwrap_or_default().to_owned();
    // Access is given and changed on pages of its own, which belong to whom it is given.
    let current =
        move |path: &str| (at.starts_with(path) || path == "/users" && at.starts_with("/grants")).then_some("page");
    let item = |item: &NavItem| {
        let (href, current) = (to(item.path), current(item.path));
        view! { <a class="item" href=href aria-current=current><Icon name=item.icon/>{item.label}</a> }
    };
    let place = visit.tenant.clone().unwrap_or_else(|| "Everywhere".to_owned());
    let kind = if visit.tenant.is_some() { "active tenant" } else { "all tenants" };
    view! {
        <a class="tenant" href=to("/workplace") aria-current=current("/workplace")>
            <span><bdi>{place}</bdi><small>{kind}</small></span><span class="sr">"Switch tenant"</span><Icon name="chevron-right"/>
        </a>
        {menu(&visit).map(item).collect_view()}
    }
    .into_any()
}

/// What was done to whom.
#[component]
fn Said(sentence: Sentence) -> impl IntoView {
    view! { {sentence.before}<bdi>{sentence.name}</bdi>{sentence.after} }
}

/// What was done, with the way to take it back.
#[component]
fn Toast(notice: Notice) -> impl IntoView {
    let undo = notice.undo.map(|request| {
        let fields = vec![
            ("request", request.to_string()),
            ("back", visit().here.clone()),
            ("way", notice.way.word().to_owned()),
        ];
        view! { <Act function=UndoRequest::PATH fields><button class="btn">{notice.way.label()}</button></Act> }
    });
    view! { <div class="toast" role="status"><span><Said sentence=notice.sentence/></span>{undo}</div> }
}

/// Who is signed in, the way out, and the colours.
#[component]
fn Foot(visit: Visit) -> impl IntoView {
    let user = visit.ctx.user().cloned().ok();
    let theme = visit.theme;
    let choice = move |value: Option<Theme>, icon, label: &'static str| {
        let pressed = (theme == value).to_string();
        let word = value.map_or("system", Theme::word);
        view! {
            <button class="seg" name="theme" value=word aria-pressed=pressed title=label>
                <Icon name=icon/><span class="sr">{label}</span>
            </button>
        }
    };
    view! {
        {user.map(|user| view! {
            <div class="me">
                <span class="ava" aria-hidden="true">{initials(&user.name)}</span>
                <div class="me-who"><bdi>{user.name}</bdi><small>{user.email}</small></div>
                <Act function=SignOut::PATH>
                    <button class="btn quiet icon-only" aria-label="Sign out" title="Sign out"><Icon name="log-out"/></button>
                </Act>
            </div>
        })}
        <Act function=ChooseTheme::PATH class="theme" label="Colours">
            {choice(None, "monitor", "As the system")}
            {choice(Some(Theme::Light), "sun", "Light")}
            {choice(Some(Theme::Dark), "moon", "Dark")}
        </Act>
    }
    .into_any()
}
