//! Why somebody may do something, in words: each way from a grant to the person.

use leptos::prelude::*;

use super::times::{until, until_tone};
use crate::{
    domain::access::explain::{Link, Path, Person, explain},
    http::visit::to,
    model::{permission::Permission, scope::Scope, timestamp::Timestamp},
};

/// One way, ready for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    role: Option<(String, String)>,
    /// The pattern of the role that covers it, where that isn't the permission itself.
    pattern: Option<String>,
    /// Id and name of each; `None` for one of another tenant.
    groups: Vec<Option<(String, String)>>,
    tenant: Option<String>,
    /// Whether it was given everywhere and counts in some tenants only.
    bounded: bool,
    end: Option<(String, &'static str)>,
}

impl Way {
    fn of(path: &Path<'_>, permission: Permission, now: Timestamp) -> Self {
        let grant = path.grant;
        let covering = grant.patterns.iter().find(|pattern| permission.matches(pattern));
        Self {
            role: grant.role.as_ref().map(|(id, name)| (id.to_string(), name.clone())),
            pattern: covering.filter(|pattern| *pattern != permission.name()).cloned(),
            // From the grant towards the person.
            groups: path.groups.iter().rev().map(|link| group(link)).collect(),
            tenant: grant.tenant.as_ref().map(|(_, name)| name.clone()),
            bounded: grant.is_bounded(),
            end: grant.until.map(|at| (until(at, now), until_tone(at, now))),
        }
    }
}

fn group(link: &Link) -> Option<(String, String)> {
    link.name.clone().map(|name| (link.group.to_string(), name))
}

/// Every way in which a permission reaches a person there and then.
#[must_use]
pub fn ways(person: &Person, permission: Permission, scope: Scope, now: Timestamp) -> Vec<Way> {
    explain(person, permission, scope, now).iter().map(|path| Way::of(path, permission, now)).collect()
}

/// Lines that one reason is made of: more would not say more.
const SHOWN: usize = 20;

/// The ways, one line each.
#[component]
pub fn Why(ways: Vec<Way>) -> impl IntoView {
    let more = ways.len().saturating_sub(SHOWN);
    let line = |way: Way| {
        let source = match way.role {
            Some((id, name)) => {
                view! { "role "<a class="link" href=to(format_args!("/roles/{id}"))>{name}</a> }.into_any()
            }
            None => "this permission alone".into_any(),
        };
        let direct = way.groups.is_empty().then_some(", given directly");
        view! {
            <li class="path">
                {source}
                {way.pattern.map(|pattern| view! { " (by "<code>{pattern}</code>")" })}
                {way.groups.into_iter().map(|group| view! {
                    <span aria-hidden="true">" ← "</span><span class="sr">", through "</span>
                    {match group {
                        Some((id, name)) => view! { "group "<a class="link" href=to(format_args!("/groups/{id}"))><bdi>{name}</bdi></a> }.into_any(),
                        None => "a group of another tenant".into_any(),
                    }}
                }).collect_view()}
                {direct}
                {way.tenant.map(|name| view! { ", in "<bdi>{name}</bdi> })}
                {way.bounded.then_some(", only in the tenants that their account is limited to")}
                {way.end.map(|(end, tone)| view! { ", "<span class=tone>{end}</span> })}
            </li>
        }
    };
    view! {
        <ul class="paths">
            {ways.into_iter().take(SHOWN).map(line).collect_view()}
            {(more > 0).then(|| view! { <li class="path">"and "{more}" more ways"</li> })}
        </ul>
    }
}
