//! What a change would do, for the reader to see before it is made.

use std::collections::HashMap;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use serde_json::json;

use super::{render::fragment, visit::Visit};
use crate::{
    domain::engine::what_if::{Difference, Effect},
    model::{fields::Fields, user::grouped},
};

/// Whether a form asks what it would do, rather than for it to be done.
#[must_use]
pub fn asks(form: &Fields) -> bool {
    form.text("step") == "preview"
}

/// The answer to a form that asked: for an island the effect alone, for everybody else the page with it.
pub fn answer(visit: &Visit, effect: Effect, page: impl FnOnce(Effect) -> Response) -> Response {
    match visit.wants_json() {
        true => Json(json!({ "effect": fragment(|| view! { <Changes effect/> }) })).into_response(),
        false => page(effect),
    }
}

/// The buttons of a form that can be asked what it would do: see [`asks`].
#[component]
pub fn Steps(
    save: &'static str,
    /// Where giving up goes, on a page that is the form alone.
    #[prop(into, default = None)]
    cancel: Option<String>,
) -> impl IntoView {
    view! {
        <div class="actions">
            <button class="btn main" name="step" value="save">{save}</button>
            <button class="btn" name="step" value="preview">"What would this do?"</button>
            {cancel.map(|href| view! { <a class="btn quiet" href=href>"Cancel"</a> })}
        </div>
    }
}

/// The place of the effect on a form's page. Empty until something was asked.
#[component]
pub fn EffectCard(
    effect: Option<Effect>,
    /// What the reader is about to do: `What saving would do`.
    heading: &'static str,
) -> impl IntoView {
    let shown = match effect {
        Some(effect) => view! { <Changes effect/> }.into_any(),
        None => {
            view! { <p class="hint">"Change something, then see here whom it touches before you save."</p> }.into_any()
        }
    };
    view! {
        <section class="card effect">
            <header><h2>{heading}</h2></header>
            <div class="in" data-effect="" aria-live="polite">{shown}</div>
        </section>
    }
}

/// The changes, one line each.
#[component]
pub fn Changes(effect: Effect) -> impl IntoView {
    if let Some(refused) = effect.refused {
        return view! { <p class="note bad">"It would be refused: "{refused.to_string()}"."</p> }.into_any();
    }
    if effect.is_nothing() {
        return view! { <p class="hint">"Nobody gains or loses anything by it at this moment."</p> }.into_any();
    }
    let ending = |n: i64, one: &'static str, many: &'static str| {
        (n > 0).then(|| view! { <li><b>{grouped(n)}</b><span>{if n == 1 { one } else { many }}</span></li> })
    };
    view! {
        <ul>
            {gathered(effect.changes).into_iter().map(lines).collect_view()}
            {ending(effect.tokens, "token stops working", "tokens stop working")}
            {ending(effect.sessions, "open session ends", "open sessions end")}
        </ul>
    }
    .into_any()
}

/// So many permissions have a line each, though the same happens to the same people with all of them.
const FEW: usize = 3;

/// Changes that differ in the permission only, together, in the order of the first of each.
fn gathered(changes: Vec<Difference>) -> Vec<Vec<Difference>> {
    let mut places = HashMap::new();
    let mut gathered: Vec<Vec<Difference>> = Vec::new();
    for change in changes {
        let people: Vec<_> = change.named.iter().map(|(id, _)| *id).collect();
        let place = *places
            .entry((change.gain, change.tenant.clone(), change.last, change.people, people))
            .or_insert_with(|| {
                gathered.push(Vec::new());
                gathered.len() - 1
            });
        gathered[place].push(change);
    }
    gathered
}

fn lines(alike: Vec<Difference>) -> impl IntoView {
    match alike.len() {
        ..=FEW => alike.into_iter().map(|change| line(vec![change])).collect_view().into_any(),
        _ => line(alike).into_any(),
    }
}

/// What happens to the same people: with one permission, or with many.
fn line(alike: Vec<Difference>) -> impl IntoView {
    let permissions: Vec<&str> = alike.iter().map(|change| change.permission.name()).collect();
    let change = alike.into_iter().next()?;
    let verb = match (change.gain, change.people) {
        (true, 1) => "person gains",
        (true, _) => "people gain",
        (false, 1) => "person loses",
        (false, _) => "people lose",
    };
    let what = match permissions[..] {
        [one] => view! { <code>{one}</code> }.into_any(),
        _ => format!("each of {} permissions", permissions.len()).into_any(),
    };
    let place = change.tenant.map(|name| view! { " in "<bdi>{name}</bdi> });
    let last = change.last.then(|| {
        view! { " "<span class="tag warn plain">"nobody is left who may"</span> }
    });
    let more = change.people - change.named.len();
    let now = match permissions[..] {
        [one] => view! { " · "<a class="link" href=format!("/admin/permissions/{one}")>"Who may now?"</a> }.into_any(),
        _ => permissions
            .into_iter()
            .map(|name| {
                view! {
                    " · "<a class="link" href=format!("/admin/permissions/{name}")><code>{name}</code></a>
                }
            })
            .collect_view()
            .into_any(),
    };
    Some(view! {
        <li class=if change.gain { "gain" } else { "loss" }>
            <b>{grouped(change.people as i64)}</b>
            <details>
                <summary>{verb}" "{what}{place}{last}</summary>
                <p>
                    {change.named.into_iter().map(|(id, name)| view! {
                        <a class="link" href=format!("/admin/users/{id}")><bdi>{name}</bdi></a>" "
                    }).collect_view()}
                    {(more > 0).then(|| format!("and {} more", grouped(more as i64)))}
                    {now}
                </p>
            </details>
        </li>
    })
}

#[cfg(test)]
mod tests {
    use super::{Difference, gathered};
    use crate::model::{id::UserId, permission::Permission};

    fn loses(permission: Permission, user: u128, last: bool) -> Difference {
        let named = vec![(UserId(uuid::Uuid::from_u128(user)), "Ada".to_owned())];
        Difference { permission, tenant: None, gain: false, people: 1, named, last }
    }

    #[test]
    fn only_what_happens_to_the_same_people_is_said_together() {
        let [read, list, add] = [Permission::UsersRead, Permission::UsersList, Permission::UsersAdd];
        let all = vec![loses(read, 1, false), loses(list, 2, false), loses(add, 1, false), loses(list, 1, true)];
        let sizes: Vec<usize> = gathered(all).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1, 1]);
    }
}
