//! What a user may do where the reader works, and why.

use leptos::prelude::*;

use crate::{
    domain::engine::Person,
    model::{
        permission::{Permission, PermissionSet},
        scope::Scope,
    },
    ui::{
        visit::Visit,
        why::{Why, ways},
    },
};

/// A place, with what is held there.
#[derive(Clone)]
struct Place {
    scope: Scope,
    /// The tenant's name; `None` for everywhere.
    name: Option<String>,
    held: PermissionSet,
}

/// What the user may do where the reader works; for a reader who works everywhere also what they may do in single
/// tenants besides.
#[component]
pub fn May(visit: Visit, person: Person, disabled: bool) -> impl IntoView {
    let here = Place {
        scope: visit.ctx.scope,
        name: visit.tenant.clone(),
        held: person.holdings(visit.ctx.now()).at(visit.ctx.scope),
    };
    let tenants = if visit.ctx.tenant().is_none() { elsewhere(&visit, &person) } else { Vec::new() };
    let only_here = tenants.is_empty();
    view! {
        <Card visit=visit.clone() person=person.clone() place=here disabled with_rest=only_here/>
        {tenants.into_iter().map(|place| view! {
            <Card visit=visit.clone() person=person.clone() place disabled with_rest=false/>
        }).collect_view()}
    }
}

/// Tenants in which the user holds more than everywhere.
fn elsewhere(visit: &Visit, person: &Person) -> Vec<Place> {
    let holdings = person.holdings(visit.ctx.now());
    let name = |tenant| {
        let grants = person.grants.iter().filter_map(|grant| grant.tenant.clone());
        grants.into_iter().find(|(id, _)| *id == tenant).map(|(_, name)| name)
    };
    let place = |tenant| {
        let scope = Scope::Tenant(tenant);
        Place { scope, name: name(tenant), held: holdings.at(scope).minus(holdings.at(Scope::Everywhere)) }
    };
    holdings.tenants().map(place).filter(|place| !place.held.is_empty()).collect()
}

/// Every permission held in one place, each with its reasons behind "Why?".
#[component]
fn Card(visit: Visit, person: Person, place: Place, disabled: bool, with_rest: bool) -> impl IntoView {
    let Place { scope, name, held } = place;
    let nouns = Permission::nouns().into_iter().filter(|noun| !held.of_noun(noun).is_empty());
    let rest = PermissionSet::all().minus(held);
    let place = match name {
        Some(name) => view! { "in "<bdi>{name}</bdi> }.into_any(),
        None => "everywhere".into_any(),
    };
    view! {
        <section class="card matrix">
            <header><h2>"What they may do "{place}</h2><span class="hint">{held.len()}" of "{Permission::ALL.len()}</span></header>
            {disabled.then(|| view! { <p class="note warn in">"They are disabled, so none of this counts now."</p> })}
            {held.is_empty().then(|| view! { <div class="in"><p class="hint">"Nothing here yet. Give them access above."</p></div> })}
            {nouns.map(|noun| view! {
                <h3 class="group">{noun}</h3>
                <ul class="perms">{held.of_noun(noun).iter().map(|permission| view! {
                    <Held visit=visit.clone() person=person.clone() permission scope/>
                }).collect_view()}</ul>
            }).collect_view()}
            {(with_rest && !rest.is_empty()).then(|| view! { <Missing visit=visit.clone() rest/> })}
        </section>
    }
}

#[component]
fn Held(visit: Visit, person: Person, permission: Permission, scope: Scope) -> impl IntoView {
    let ways = ways(&person, permission, scope, visit.ctx.now());
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

/// What they may not, each with "Who can?".
#[component]
fn Missing(visit: Visit, rest: PermissionSet) -> impl IntoView {
    let may_ask = visit.ctx.may(Permission::RolesRead) && visit.ctx.may(Permission::UsersList);
    view! {
        <details class="rest">
            <summary class="group">{rest.len()}" that they may not"</summary>
            <ul class="perms">{rest.iter().map(|permission| view! {
                <li class="perm">
                    <span class="tag plain" aria-hidden="true">"–"</span><code>{permission.name()}</code><span>{permission.sentence()}</span>
                    {may_ask.then(|| view! { <a class="link" href=format!("/admin/permissions/{}", permission.name())>"Who can?"</a> })}
                </li>
            }).collect_view()}</ul>
        </details>
    }
}
