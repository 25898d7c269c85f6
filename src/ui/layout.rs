//! The two frames: the gate for strangers, and the console.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    done::{Notice, Sentence},
    language::Language,
    render::document,
    visit::{Theme, Visit},
};
use crate::model::{permission::Permission, user::initials};

/// A line icon of the sprite.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg> }
}

#[component]
fn Brand() -> impl IntoView {
    view! { <a class="brand" href="/"><svg class="mark" aria-hidden="true"><use href="/icons.svg#mark"></use></svg>"Castellan"</a> }
}

/// A page for strangers: one card in the middle, no script.
pub fn gate<V: IntoView + 'static>(visit: &Visit, title: &str, view: impl FnOnce() -> V) -> Response {
    gate_in(visit, (title, Language::default()), view)
}

/// The same in a language.
pub fn gate_in<V: IntoView + 'static>(
    visit: &Visit,
    (title, language): (&str, Language),
    view: impl FnOnce() -> V,
) -> Response {
    let done = visit.done.clone();
    document(visit, (title, language), false, move || {
        view! {
            <body class="gate">
                <main id="main" tabindex="-1">
                    <Brand/>
                    {done.map(|done| view! { <div class="note good" role="status"><p><Said sentence=done.sentence/></p></div> })}
                    <div class="card">{view()}</div>
                </main>
            </body>
        }
    })
}

/// A page of the console.
pub fn console<V: IntoView + 'static>(visit: &Visit, title: &str, view: impl FnOnce() -> V) -> Response {
    let frame = visit.clone();
    document(visit, (title, Language::default()), true, move || {
        view! {
            <body class="console">
                <a class="skip" href="#main">"Skip to content"</a>
                <div class="frame">
                    <header class="top">
                        <Brand/>
                        <details class="menu">
                            <summary class="btn quiet">"Menu"</summary>
                            <nav aria-label="Main"><Items visit=frame.clone()/><Foot visit=frame.clone()/></nav>
                        </details>
                    </header>
                    <nav class="side" aria-label="Main"><Brand/><Items visit=frame.clone()/><Foot visit=frame.clone()/></nav>
                    <main id="main" tabindex="-1">{view()}</main>
                </div>
                {frame.done.clone().map(|notice| view! { <Toast notice here=frame.here/> })}
            </body>
        }
    })
}

/// A page of the menu, with the permission to see it.
pub struct NavItem {
    permission: Permission,
    /// Its path.
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
    NavItem::new(Permission::UsersList, "/admin/users", "users", "Users"),
    NavItem::new(Permission::GroupsList, "/admin/groups", "groups", "Groups"),
    NavItem::new(Permission::RolesList, "/admin/roles", "shield", "Roles"),
    NavItem::new(Permission::RolesRead, "/admin/permissions", "key", "Permissions"),
    NavItem::new(Permission::TenantsList, "/admin/tenants", "tenants", "Tenants"),
    NavItem::new(Permission::AuditRead, "/admin/audit", "audit", "Audit"),
];

/// The pages that the reader may see.
pub fn menu(visit: &Visit) -> impl Iterator<Item = &'static NavItem> {
    NAV.iter().filter(|item| visit.ctx.may(item.permission))
}

#[component]
fn Items(visit: Visit) -> impl IntoView {
    let item = |item: &NavItem| {
        let current = visit.here.starts_with(item.path).then_some("page");
        view! { <a class="item" href=item.path aria-current=current><Icon name=item.icon/>{item.label}</a> }
    };
    let place = visit.tenant.clone().unwrap_or_else(|| "Everywhere".to_owned());
    let kind = if visit.tenant.is_some() { "active tenant" } else { "all tenants" };
    view! {
        <a class="tenant" href="/admin/workplace" aria-current=visit.here.starts_with("/admin/workplace").then_some("page")>
            <span><bdi>{place}</bdi><small>{kind}</small></span><span class="sr">"Switch tenant"</span><Icon name="chevron-right"/>
        </a>
        {menu(&visit).map(item).collect_view()}
    }
}

/// What was done to whom.
#[component]
fn Said(sentence: Sentence) -> impl IntoView {
    view! { {sentence.before}<bdi>{sentence.name}</bdi>{sentence.after} }
}

/// What was done, with the way to take it back.
#[component]
fn Toast(notice: Notice, here: String) -> impl IntoView {
    let undo = notice.undo.map(|request| {
        view! {
            <form method="post" action="/admin/audit/undo">
                <input type="hidden" name="request" value=request.to_string()/>
                <input type="hidden" name="back" value=here/>
                <input type="hidden" name="way" value=notice.way.word()/>
                <button class="btn">{notice.way.label()}</button>
            </form>
        }
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
                <form method="post" action="/signout">
                    <button class="btn quiet icon-only" aria-label="Sign out" title="Sign out"><Icon name="log-out"/></button>
                </form>
            </div>
        })}
        <form class="theme" method="post" action="/theme" aria-label="Colours">
            <input type="hidden" name="back" value=visit.here/>
            {choice(None, "monitor", "As the system")}
            {choice(Some(Theme::Light), "sun", "Light")}
            {choice(Some(Theme::Dark), "moon", "Dark")}
        </form>
    }
}
