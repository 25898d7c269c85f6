//! `/admin/roles/compare`: two roles side by side.

use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        error::Error,
        roles::{self, store::Role},
    },
    http::visit::{to, visit},
    model::{id::RoleId, permission::Permission},
    pages::{
        Page,
        choices::{Choices, LongChoice},
        form::{Filled, FormState},
        layout::Console,
    },
};

const UNLISTED: &str = "Open the wanted role and compare from there.";

/// `/admin/roles/compare?a=…&b=…`
pub async fn page() -> Page {
    let visit = visit();
    let mut choices = Choices::of_roles(roles::queries::choices(&visit.ctx).await?, |role| role.name.clone());
    let (a, b) = (visit.query.text("a").to_owned(), visit.query.text("b").to_owned());
    let mut chosen = Vec::new();
    for id in [a, b].into_iter().filter(|id| !id.is_empty()) {
        let role =
            roles::queries::read(&visit.ctx, &RoleId::try_from(id).map_err(|_| Error::NotFound("role"))?).await?;
        choices.include(role.id.to_string(), role.name.clone());
        chosen.push(role);
    }
    let state = FormState::filled(visit.query.clone());
    let title = match &chosen[..] {
        [a, b] => format!("{} and {} compared", a.name, b.name),
        _ => "Compare roles".to_owned(),
    };
    Ok(view! {
        <Console title>
            <Crumb here="Compare"/>
            <div class="head"><div><h1>"Compare roles"</h1></div></div>
            <form class="bar" method="get" action=to("/roles/compare")>
                <Filled state>
                    <LongChoice name="a" label="One role" none="Choose…" choices=choices.clone() unlisted=UNLISTED/>
                    <LongChoice name="b" label="and another" none="Choose…" choices unlisted=UNLISTED/>
                </Filled>
                <button class="btn">"Compare"</button>
            </form>
            <Beside chosen/>
        </Console>
    }
    .into_any())
}

/// Two roles beside each other, or what to choose first.
#[component]
fn Beside(chosen: Vec<Role>) -> impl IntoView {
    match <[Role; 2]>::try_from(chosen) {
        Ok([a, b]) if a.id == b.id => view! { <p class="note">"Choose two different roles."</p> }.into_any(),
        Ok([a, b]) => view! { <Compared a b/> }.into_any(),
        Err(_) => {
            view! { <div class="empty"><p>"Choose two roles to see what one allows and the other doesn't."</p></div> }
                .into_any()
        }
    }
}

#[component]
fn Compared(a: Role, b: Role) -> impl IntoView {
    let (left, right) = (a.permissions(), b.permissions());
    let differing: Vec<Permission> = left.minus(right).union(right.minus(left)).iter().collect();
    let mark = |has: bool| match has {
        true => view! { <span class="tag good plain">"yes"</span> },
        false => view! { <span class="tag plain">"no"</span> },
    };
    let same = differing.is_empty().then(|| view! { <div class="empty"><p>"They allow exactly the same."</p></div> });
    view! {
        <div class="card list">
            <table class="cards">
                <thead><tr><th class="lead">"Permission"</th><th><bdi>{a.name.clone()}</bdi></th><th><bdi>{b.name.clone()}</bdi></th></tr></thead>
                <tbody>{differing.into_iter().map(|permission| view! {
                    <tr>
                        <td class="lead"><code>{permission.name()}</code><div class="sub">{permission.sentence()}</div></td>
                        <td data-label=a.name.clone()>{mark(left.contains(permission))}</td>
                        <td data-label=b.name.clone()>{mark(right.contains(permission))}</td>
                    </tr>
                }).collect_view()}</tbody>
            </table>
            {same}
        </div>
    }
}
