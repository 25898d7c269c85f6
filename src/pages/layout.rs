//! The three frames: the gate for strangers, one's own account, and the console.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{form::Act, language::Language, languages::LanguageSwitch};
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
    let language = Language::here();
    let done = visit().done.clone().map(|done| translated(language, done.sentence));
    view! {
        <Called title/>
        <main id="main" tabindex="-1">
            <Brand/>
            {done.map(|sentence| view! { <div class="note good" role="status"><p><Said sentence/></p></div> })}
            <div class="card">{children()}</div>
            <LanguageSwitch language/>
        </main>
    }
    .into_any()
}

/// What was done, in a language. Names are named in the console alone, which speaks English.
fn translated(language: Language, sentence: Sentence) -> Sentence {
    match sentence.name.is_empty() {
        true => Sentence { before: language.said(&sentence.before), ..sentence },
        false => sentence,
    }
}

/// A page about whoever reads it: in their language, without a script.
#[component]
pub fn Own(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let (visit, language) = (visit(), Language::here());
    let done = visit.done.clone().map(|done| translated(language, done.sentence));
    view! {
        <Called title/>
        <a class="skip" href="#main">{language.say("account-skip")}</a>
        <div class="frame">
            <header class="top">
                <Brand/>
                <details class="menu">
                    <summary class="btn quiet">{language.say("account-menu")}</summary>
                    <nav aria-label=language.say("account-title")><OwnItems visit=visit.clone() language/><Foot visit=visit.clone() language/></nav>
                </details>
            </header>
            <nav class="side" aria-label=language.say("account-title")>
                <Brand/><OwnItems visit=visit.clone() language/><Foot visit=visit.clone() language/>
            </nav>
            <main id="main" tabindex="-1">
                {done.map(|sentence| view! { <div class="note good" role="status"><p><Said sentence/></p></div> })}
                <Refused language/>
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// The pages of one's own account: the address, the icon, and the message that names it.
const OWN: [(&str, &str, &str); 4] = [
    ("/account", "pencil", "account-profile"),
    ("/account/security", "shield", "account-security"),
    ("/account/tokens", "key", "account-tokens"),
    ("/account/access", "check", "account-access"),
];

#[component]
fn OwnItems(visit: Visit, language: Language) -> impl IntoView {
    let here = visit.here.split('?').next().unwrap_or_default().to_owned();
    // What is done to the second factor belongs to security.
    let at = OWN.iter().rev().find(|(path, ..)| here == *path).map_or("/account/security", |(path, ..)| *path);
    let item = |(path, icon, label): (&'static str, &'static str, &'static str)| {
        let current = (path == at).then_some("page");
        view! { <a class="item" href=path aria-current=current><Icon name=icon/>{language.say(label)}</a> }
    };
    view! {
        {OWN.map(item).collect_view()}
        <a class="item" href="/admin"><Icon name="layers"/>{language.say("account-console")}</a>
    }
    .into_any()
}

/// A page of the console.
#[component]
pub fn Console(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let (visit, language) = (visit(), Language::default());
    view! {
        <Called title/>
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="frame">
            <header class="top">
                <Brand/>
                {visit.tenant.clone().map(|name| view! { <span class="where"><bdi>{name}</bdi></span> })}
                <details class="menu">
                    <summary class="btn quiet">"Menu"</summary>
                    <nav aria-label="Main"><Items visit=visit.clone()/><Foot visit=visit.clone() language/></nav>
                </details>
            </header>
            <nav class="side" aria-label="Main"><Brand/><Items visit=visit.clone()/><Foot visit=visit.clone() language/></nav>
            <main id="main" tabindex="-1"><Refused language/>{children()}</main>
        </div>
        {visit.done.clone().map(|notice| view! { <Toast notice/> })}
    }
    .into_any()
}

/// Why a button was refused that has no form of its own to say it.
#[component]
fn Refused(language: Language) -> impl IntoView {
    let answered = Answered::here().filter(|answered| !answered.typed.text(BARE).is_empty());
    let error = answered.as_ref().and_then(|answered| answered.refused());
    let message = error.map(|error| match error {
        Error::Invalid(fields) => fields.iter().map(|(_, message)| sentence(&language.said(message))).collect(),
        other => language.said(&refusal(other).message),
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
    /// Whether it belongs to the installation, so that it isn't there in a tenant.
    of_installation: bool,
}

impl NavItem {
    const fn new(permission: Permission, path: &'static str, icon: &'static str, label: &'static str) -> Self {
        Self { permission, path, icon, label, of_installation: false }
    }

    const fn of_installation(self) -> Self {
        Self { of_installation: true, ..self }
    }
}

const NAV: [NavItem; 10] = [
    NavItem::new(Permission::UsersList, "/users", "users", "Users"),
    NavItem::new(Permission::GroupsList, "/groups", "groups", "Groups"),
    NavItem::new(Permission::RolesList, "/roles", "shield", "Roles"),
    NavItem::new(Permission::RolesRead, "/permissions", "key", "Permissions"),
    NavItem::new(Permission::TenantsList, "/tenants", "tenants", "Tenants"),
    NavItem::new(Permission::TokensList, "/tokens", "ticket", "Tokens"),
    NavItem::new(Permission::CredentialsList, "/clients", "bot", "Clients"),
    NavItem::new(Permission::AuditRead, "/audit", "audit", "Audit"),
    NavItem::new(Permission::OutboxRead, "/outbox", "mail", "Outbox").of_installation(),
    NavItem::new(Permission::SettingsRead, "/settings", "settings", "Settings").of_installation(),
];

/// The pages that the reader may see.
pub fn menu(visit: &Visit) -> impl Iterator<Item = &'static NavItem> {
    let inside = visit.ctx.tenant().is_some();
    NAV.iter().filter(move |item| visit.ctx.may(item.permission) && !(inside && item.of_installation))
}

#[component]
fn Items(visit: Visit) -> impl IntoView {
    let at = visit.here.strip_prefix(visit.base.as_str()).unwrap_or_default().to_owned();
    // Access is given and changed on pages of its own, which belong to whom it is given; keys belong to their tenants.
    let belongs =
        move |path: &str, others: &[&str]| others.iter().any(|other| at.starts_with(other)) || at.starts_with(path);
    let current = move |path: &str| {
        let others: &[&str] = match path {
            "/users" => &["/grants"],
            "/tenants" => &["/keys", "/key-pairs"],
            _ => &[],
        };
        belongs(path, others).then_some("page")
    };
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
fn Foot(visit: Visit, language: Language) -> impl IntoView {
    let user = visit.ctx.user().cloned().ok();
    let (theme, sign_out) = (visit.theme, language.say("account-sign-out"));
    let named = sign_out.clone();
    let choice = move |value: Option<Theme>, icon, label: &'static str| {
        let label = language.say(label);
        let title = label.clone();
        let pressed = (theme == value).to_string();
        let word = value.map_or("system", Theme::word);
        view! {
            <button class="seg" name="theme" value=word aria-pressed=pressed title=title>
                <Icon name=icon/><span class="sr">{label}</span>
            </button>
        }
    };
    view! {
        {user.map(|user| view! {
            <div class="me">
                <span class="ava" aria-hidden="true">{initials(&user.name)}</span>
                <a class="me-who" href="/account"><bdi>{user.name}</bdi><small>{user.email}</small></a>
                <Act function=SignOut::PATH>
                    <button class="btn quiet icon-only" aria-label=named title=sign_out><Icon name="log-out"/></button>
                </Act>
            </div>
        })}
        <Act function=ChooseTheme::PATH class="theme" label=language.say("account-colours")>
            {choice(None, "monitor", "account-colours-system")}
            {choice(Some(Theme::Light), "sun", "account-colours-light")}
            {choice(Some(Theme::Dark), "moon", "account-colours-dark")}
        </Act>
    }
    .into_any()
}
