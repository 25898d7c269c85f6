//! What a user may do where the reader works, and why.

use leptos::prelude::*;

use crate::{
    domain::engine::Person,
    model::permission::{Permission, PermissionSet},
    ui::{
        visit::Visit,
        why::{Why, ways},
    },
};

/// Every effective permission, each with its reasons behind "Why?", and each missing one with "Who can?".
#[component]
pub fn May(visit: Visit, person: Person, disabled: bool) -> impl IntoView {
    let held = person.holdings(visit.ctx.now()).at(visit.ctx.scope);
    let place = visit
        .tenant
        .clone()
        .map_or(view! { "everywhere" }.into_any(), |name| view! { "in "<bdi>{name}</bdi> }.into_any());
    let nouns = Permission::nouns().into_iter().filter(|noun| !of(held, noun).is_empty());
    let rest = PermissionSet::all().minus(held);
    view! {
        <section class="card matrix">
            <header><h2>"What they may do"</h2><span class="hint">{held.len()}" of "{Permission::ALL.len()}", "{place}</span></header>
            {disabled.then(|| view! { <p class="note warn in">"They are disabled, so none of this counts now."</p> })}
            {held.is_empty().then(|| view! { <div class="in"><p class="hint">"Nothing here yet. Give them access above."</p></div> })}
            {nouns.map(|noun| view! {
                <h3 class="group">{noun}</h3>
                <ul class="perms">{of(held, noun).iter().map(|permission| view! { <Held visit=visit.clone() person=person.clone() permission/> }).collect_view()}</ul>
            }).collect_view()}
            {(!rest.is_empty()).then(|| view! { <Missing visit=visit.clone() rest/> })}
        </section>
    }
}

fn of(set: PermissionSet, noun: &str) -> PermissionSet {
    let theirs = Permission::ALL.iter().filter(|permission| permission.noun() == noun);
    let others =
        PermissionSet::all().minus(theirs.fold(PermissionSet::default(), |all, p| all.union(PermissionSet::of(*p))));
    set.minus(others)
}

#[component]
fn Held(visit: Visit, person: Person, permission: Permission) -> impl IntoView {
    let ways = ways(&person, permission, visit.ctx.scope, visit.ctx.now());
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

#[component]
fn Missing(visit: Visit, rest: PermissionSet) -> impl IntoView {
    let may_ask = visit.ctx.may(Permission::RolesRead) && visit.ctx.may(Permission::UsersList);
    view! {
        <details class="rest">
            <summary class="group">{rest.len()}" more that they may not"</summary>
            <ul class="perms">{rest.iter().map(|permission| view! {
                <li class="perm">
                    <span class="tag plain" aria-hidden="true">"–"</span><code>{permission.name()}</code><span>{permission.sentence()}</span>
                    {may_ask.then(|| view! { <a class="link" href=format!("/admin/permissions/{}", permission.name())>"Who can?"</a> })}
                </li>
            }).collect_view()}</ul>
        </details>
    }
}
