//! `/account/access`: what one may do, where, and why.

use leptos::prelude::*;

use crate::{
    domain::{
        access::explain::{Path, Person, explain},
        permissions,
    },
    http::visit::visit,
    model::{
        permission::{Permission, PermissionSet},
        scope::Scope,
        timestamp::Timestamp,
    },
    pages::{
        Page,
        language::Language,
        layout::Own,
        times::{moment_in, zone_at},
    },
};

/// `/account/access`
pub async fn page() -> Page {
    let (ctx, language) = (visit().ctx.clone(), Language::here());
    let person = permissions::own(&ctx).await?;
    let title = language.say("account-access");
    let places = places(&person, ctx.now());
    let nothing = places.is_empty().then(|| view! { <p class="hint">{language.say("account-nothing")}</p> });
    Ok(view! {
        <Own title=title.clone()>
            <div class="head"><div><h1>{title}</h1></div></div>
            <div class="stack">
                {nothing}
                {places.into_iter().map(|place| view! { <Place person=person.clone() place language now=ctx.now()/> }).collect_view()}
            </div>
        </Own>
    }
    .into_any())
}

/// Where somebody may do something, with the tenant's name, and what that is.
type Held = (Scope, Option<String>, PermissionSet);

/// Everywhere, and what single tenants add to that.
fn places(person: &Person, now: Timestamp) -> Vec<Held> {
    let effective = person.effective(now);
    let everywhere = effective.at(Scope::Everywhere);
    let tenants = effective.tenants().map(|tenant| {
        let scope = Scope::Tenant(tenant);
        (scope, person.names.get(&tenant).cloned(), effective.at(scope).minus(everywhere))
    });
    let all = [(Scope::Everywhere, None, everywhere)].into_iter().chain(tenants);
    all.filter(|(_, _, held)| !held.is_empty()).collect()
}

#[component]
fn Place(person: Person, place: Held, language: Language, now: Timestamp) -> impl IntoView {
    let (scope, name, held) = place;
    let heading = match name {
        Some(name) => language.say_of("account-in", &[("tenant", &name)]),
        None => language.say("account-everywhere"),
    };
    view! {
        <section class="card matrix">
            <header><h2>{heading}</h2><span class="hint">{held.len()}</span></header>
            <ul class="perms">
                {held.iter().map(|permission| view! { <One person=person.clone() permission scope language now/> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn One(person: Person, permission: Permission, scope: Scope, language: Language, now: Timestamp) -> impl IntoView {
    let ways = explain(&person, permission, scope, now);
    let ways = ways.iter().take(SHOWN).map(|way| said(way, language, now)).collect::<Vec<_>>();
    view! {
        <li class="perm">
            <span class="tag good plain" aria-hidden="true">"✓"</span><code dir="ltr">{permission.name()}</code>
            <span>{language.said(permission.sentence())}</span>
            <span class="hint">{ways.join("; ")}</span>
        </li>
    }
}

/// Ways that are told of one permission: more would not say more.
const SHOWN: usize = 5;

/// From what somebody has it: a role or the permission itself, the groups between, and until when.
fn said(way: &Path<'_>, language: Language, now: Timestamp) -> String {
    let source = match &way.grant.role {
        Some((_, role)) => language.say_of("account-why-role", &[("role", role)]),
        None => language.say("account-why-alone"),
    };
    let groups = way.groups.iter().rev().filter_map(|link| link.name.as_deref());
    let groups = groups.map(|group| language.say_of("account-why-group", &[("group", group)]));
    let end = way.grant.until.map(|at| {
        let until = format!("{} {}", moment_in(language, at, now).label, zone_at(at));
        language.say_of("account-why-until", &[("until", &until)])
    });
    [source].into_iter().chain(groups).chain(end).collect::<Vec<_>>().join(", ")
}
