//! What a user may do where the reader works, and why.

use leptos::prelude::*;

use crate::{
    domain::access::explain::Person,
    http::visit::{Visit, to, visit},
    model::{
        permission::{Permission, PermissionSet},
        scope::Scope,
    },
    pages::why::{Why, ways},
};

/// A place, with what is held there.
#[derive(Clone)]
struct Place {
    scope: Scope,
    /// The tenant's name; `None` for everywhere.
    name: Option<String>,
    held: PermissionSet,
}

/// What the user may do where the reader works, and what they may not; for a reader who works everywhere also what
/// they may do in single tenants on top of that.
#[component]
pub fn May(person: Person, disabled: bool) -> impl IntoView {
    let visit = visit();
    let here = Place {
        scope: visit.ctx.scope,
        name: visit.tenant.clone(),
        held: person.effective(visit.ctx.now()).at(visit.ctx.scope),
    };
    let besides = if visit.ctx.tenant().is_none() { besides(&visit, &person) } else { Vec::new() };
    let more = !besides.is_empty();
    view! {
        <Here person=person.clone() place=here disabled more/>
        {besides.into_iter().map(|place| view! {
            <Also person=person.clone() place/>
        }).collect_view()}
    }
}

/// Tenants in which the user holds more than everywhere, with what that is.
fn besides(visit: &Visit, person: &Person) -> Vec<Place> {
    let effective = person.effective(visit.ctx.now());
    let place = |tenant| {
        let scope = Scope::Tenant(tenant);
        Place {
            scope,
            name: person.names.get(&tenant).cloned(),
            held: effective.at(scope).minus(effective.at(Scope::Everywhere)),
        }
    };
    effective.tenants().map(place).filter(|place| !place.held.is_empty()).collect()
}

/// Everything that they may and may not do where the reader works; `more` if they may do more in single tenants.
#[component]
fn Here(person: Person, place: Place, disabled: bool, more: bool) -> impl IntoView {
    let rest = PermissionSet::all().minus(place.held);
    let nothing = match more {
        true => "Nothing that counts everywhere.",
        false => "Nothing here yet. Give them access above.",
    };
    let name = match place.name.clone() {
        Some(name) => view! { "in "<bdi>{name}</bdi> }.into_any(),
        None => "everywhere".into_any(),
    };
    view! {
        <section class="card matrix">
            <header><h2>"What they may do "{name}</h2><span class="hint">{place.held.len()}" of "{Permission::ALL.len()}</span></header>
            {disabled.then(|| view! { <p class="note warn">"They are disabled, so none of this counts now."</p> })}
            {place.held.is_empty().then(|| view! { <div class="in"><p class="hint">{nothing}</p></div> })}
            <Held person place/>
            {(!rest.is_empty()).then(|| view! { <Missing rest more/> })}
        </section>
    }
}

/// What a tenant adds to what they may do everywhere.
#[component]
fn Also(person: Person, place: Place) -> impl IntoView {
    view! {
        <section class="card matrix">
            <header><h2>"Also, in "<bdi>{place.name.clone()}</bdi></h2><span class="hint">"+"{place.held.len()}</span></header>
            <Held person place/>
        </section>
    }
}

/// Every permission held in a place, by noun, each with its reasons behind "Why?".
#[component]
fn Held(person: Person, place: Place) -> impl IntoView {
    let Place { scope, held, .. } = place;
    let nouns = Permission::nouns().into_iter().filter(move |noun| !held.of_noun(noun).is_empty());
    nouns
        .map(|noun| {
            view! {
                <h3 class="group">{noun}</h3>
                <ul class="perms">{held.of_noun(noun).iter().map(|permission| view! {
                    <One person=person.clone() permission scope/>
                }).collect_view()}</ul>
            }
        })
        .collect_view()
}

#[component]
fn One(person: Person, permission: Permission, scope: Scope) -> impl IntoView {
    let ways = ways(&person, permission, scope, visit().ctx.now());
    view! {
        <li>
            <details class="why">
                <summary class="perm">
                    <span class="tag good plain" aria-hidden="true">"✓"</span><code>{permission.name()}</code><span>{permission.sentence()}</span><span class="link">"Why?"</span>
                </summary>
                <Why ways/>
            </details>
        </li>
    }
}

/// What they may not, each with "Who can?". Some of it they may do in single tenants, if there is `more`.
#[component]
fn Missing(rest: PermissionSet, more: bool) -> impl IntoView {
    let visit = visit();
    let may_ask = visit.ctx.may(Permission::RolesRead) && visit.ctx.may(Permission::UsersList);
    view! {
        <details class="rest">
            <summary class="group">{rest.len()}" that they may not"{more.then_some(" do everywhere")}</summary>
            <ul class="perms">{rest.iter().map(|permission| view! {
                <li class="perm">
                    <span class="tag plain" aria-hidden="true">"–"</span><code>{permission.name()}</code><span>{permission.sentence()}</span>
                    {may_ask.then(|| view! { <a class="link" href=to(format_args!("/permissions/{}", permission.name()))>"Who can?"</a> })}
                </li>
            }).collect_view()}</ul>
        </details>
    }
}
