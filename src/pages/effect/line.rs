//! One line of an effect, as pages show it.

use leptos::prelude::*;

use crate::{
    domain::access::preview::{
        effect::{Left, Named, When},
        groups::Group,
    },
    http::visit::to,
    model::{permission::Permission, timestamp::Timestamp, user::grouped},
    pages::times::{coming, zone_at},
};

/// So many permissions of a line are named in it; more are counted.
const FEW: usize = 3;
/// So many tenants of a line are named; the others are counted.
const PLACES: usize = 100;

/// One group as a line, with the names of the people a click away; where they are others in each tenant, a line for each.
pub fn shown(group: Group, now: Timestamp) -> AnyView {
    let Group { gain, when, left, people, named, permissions, places, split, .. } = group;
    let left = warning(left, places.len()).map(|said| view! { " "<span class="tag warn plain">{said}</span> });
    let summary = view! { {action(gain, people)}" "{what(&permissions)}{place(&places)}{during(when, now)}{left} };
    let behind = match split.is_empty() {
        true => view! { <Who people named permissions/><Tenants places/> }.into_any(),
        false => view! { <ul>{split.into_iter().map(|group| shown(group, now)).collect_view()}</ul> }.into_any(),
    };
    view! {
        <li class=if gain { "gain" } else { "loss" }>
            <b>{grouped(people as i64)}</b><details><summary>{summary}</summary>{behind}</details>
        </li>
    }
    .into_any()
}

/// The first of the people, and where all who may are listed.
#[component]
fn Who(people: usize, named: Named, permissions: Vec<Permission>) -> impl IntoView {
    let more = people - named.len();
    view! {
        <p>
            {named.iter().map(|(id, name)| view! {
                <a class="link" href=to(format_args!("/users/{id}"))><bdi>{name.clone()}</bdi></a>" "
            }).collect_view()}
            {(more > 0).then(|| format!("and {} more", grouped(more as i64)))}
            <Holders permissions/>
        </p>
    }
}

const fn action(gain: bool, people: usize) -> &'static str {
    match (gain, people) {
        (true, 1) => "person gains",
        (true, _) => "people gain",
        (false, 1) => "person loses",
        (false, _) => "people lose",
    }
}

fn what(permissions: &[Permission]) -> AnyView {
    if permissions.len() > FEW {
        return format!("each of {} permissions", permissions.len()).into_any();
    }
    let name = |(place, permission): (usize, &Permission)| {
        let comma = (place > 0).then_some(", ");
        view! { {comma}<code>{permission.name()}</code> }
    };
    permissions.iter().enumerate().map(name).collect_view().into_any()
}

fn place(places: &[Option<String>]) -> AnyView {
    match places {
        [None] => ().into_any(),
        [Some(name)] => view! { " in "<bdi>{name.clone()}</bdi> }.into_any(),
        many => format!(" in {} tenants", grouped(many.len() as i64)).into_any(),
    }
}

/// What can't be taken lightly: that nobody is left, or nobody who belongs to the tenants.
const fn warning(left: Left, places: usize) -> Option<&'static str> {
    match (left, places) {
        (Left::Nobody, _) => Some("nobody left who may"),
        (Left::Outsiders, 1) => Some("nobody left in this tenant"),
        (Left::Outsiders, _) => Some("nobody left in these tenants"),
        (Left::Somebody, _) => None,
    }
}

/// From when until when: ` until 14:00 CET`. Moments that vary are those of the first of the people, each for itself.
fn during(when: When, now: Timestamp) -> String {
    let said = |word, at| format!(" {word} {}", coming(at, now));
    let from = when.span.from.map(|at| said("from", at));
    let until = when.span.until.map(|at| said("until", at));
    let moments: Vec<String> = [from, until].into_iter().flatten().collect();
    let zone = zone_at(now);
    match when.varies {
        _ if moments.is_empty() => String::new(),
        true => moments.iter().map(|moment| format!("{moment} {zone} for some")).collect::<Vec<_>>().join(","),
        false => format!("{} {zone}", moments.concat()),
    }
}

/// The way to everybody who has it now.
#[component]
fn Holders(permissions: Vec<Permission>) -> impl IntoView {
    let href = |permission: Permission| to(format_args!("/permissions/{permission}"));
    match permissions[..] {
        [one] => view! { " · "<a class="link" href=href(one)>"Who may now?"</a> }.into_any(),
        _ => permissions
            .into_iter()
            .map(|permission| view! { " · "<a class="link" href=href(permission)><code>{permission.name()}</code></a> })
            .collect_view()
            .into_any(),
    }
}

/// The tenants of a line that is about several.
#[component]
fn Tenants(places: Vec<Option<String>>) -> impl IntoView {
    let count = places.len();
    let more = count.saturating_sub(PLACES);
    let name = |(n, place): (usize, Option<String>)| {
        let comma = (n > 0).then_some(", ");
        view! { {comma}<bdi>{place.unwrap_or_else(|| "everywhere".to_owned())}</bdi> }
    };
    (count > 1).then(|| {
        view! {
            <p>
                "In "{places.into_iter().take(PLACES).enumerate().map(name).collect_view()}
                {(more > 0).then(|| format!(" and {} more", grouped(more as i64)))}
            </p>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::preview::timeline::Span;

    const NOW: Timestamp = Timestamp(1_795_305_600_000); // 2026-11-22T00:00:00Z

    #[test]
    fn moments_are_in_utc_and_for_some_only_where_they_vary() {
        let at = |seconds| Some(NOW.plus_seconds(seconds));
        let during = |from, until, varies| during(When { span: Span { from, until }, varies }, NOW);
        assert_eq!(during(None, None, false), "");
        assert_eq!(during(None, at(50_400), false), " until 14:00 UTC");
        assert_eq!(during(at(291_600), at(378_000), false), " from 25 Nov 09:00 until 26 Nov 09:00 UTC");
        assert_eq!(during(at(291_600), None, true), " from 25 Nov 09:00 UTC for some");
        let both = " from 25 Nov 09:00 UTC for some, until 26 Nov 09:00 UTC for some";
        assert_eq!(during(at(291_600), at(378_000), true), both);
    }
}
