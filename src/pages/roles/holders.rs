//! To whom a role is given: in short on its pages, and all of them on `/admin/roles/{id}/holders`.

use leptos::prelude::*;

use super::{Crumb, of};
use crate::{
    domain::{
        grants::{
            self,
            holders::{Given, RoleHolders},
        },
        roles,
    },
    http::visit::{named, to, visit},
    model::{fields::Fields, id::RoleId, page::Page, permission::Permission, timestamp::Timestamp, user::grouped},
    pages::{
        self,
        grants::{Place, Window},
        layout::Console,
        pager::Pager,
    },
};

/// Of each kind, so many are named on the pages that are about something else.
const FEW: usize = 5;

/// `/admin/roles/{id}/holders?after=…&groups=…`
pub async fn page() -> pages::Page {
    let visit = visit();
    let id: RoleId = named("id", "role")?;
    let role = roles::queries::read(&visit.ctx, &id).await?;
    let [after, groups] = ["after", "groups"].map(|name| visit.query.text(name));
    let RoleHolders { people, outside, groups: teams } =
        grants::holders::holders(&visit.ctx, &id, after, groups).await?;
    let query = Fields::default().with("after", after).with("groups", groups);
    let list = (to(format_args!("/roles/{id}/holders")), query);
    let now = visit.ctx.now();
    Ok(view! {
        <Console title=format!("Who holds {}", role.name)>
            <Crumb role=of(&role) here="Holders"/>
            <div class="head"><div><h1>"Who holds "<bdi>{role.name}</bdi></h1>
                <p>"To whom it is given directly. Whoever is in one of the groups holds it, too."</p><Outside n=outside/></div>
                {visit.ctx.may(Permission::UsersList).then(|| view! {
                    <div class="do"><a class="btn" href=to(format_args!("/users?role={id}"))>"All who have it now"</a></div>
                })}
            </div>
            <div class="cols">
                <List list=list.clone() heading="People" noun=("person", "people") page=people cursor="after" now/>
                <List list heading="Groups" noun=("group", "groups") page=teams cursor="groups" now/>
            </div>
        </Console>
    }
    .into_any())
}

/// One of the two lists; `list` is the path and where both lists stand.
#[component]
fn List(
    list: (String, Fields),
    heading: &'static str,
    noun: (&'static str, &'static str),
    page: Page<Given>,
    cursor: &'static str,
    now: Timestamp,
) -> impl IntoView {
    let (path, query) = list;
    let begun = !query.text(cursor).is_empty();
    let nothing = page.rows.is_empty().then(|| {
        let text = if begun { "The list ended with the page before." } else { "It is given to none." };
        view! { <div class="in"><p class="hint">{text}</p></div> }
    });
    view! {
        <section class="card">
            <header><h2>{heading}</h2></header>
            {nothing}
            <ul class="rows">{page.rows.into_iter().map(|given| view! { <Row given now/> }).collect_view()}</ul>
            <Pager total=page.total noun path query=query.without(&[cursor]) after=page.after begun cursor
                label=if cursor == "after" { "Pages of people" } else { "Pages of groups" }/>
        </section>
    }
}

/// How many hold the role, the first of them, and the way to the others.
#[component]
pub fn HoldersCard(role: RoleId, holders: RoleHolders, now: Timestamp) -> impl IntoView {
    let RoleHolders { people, outside, groups } = holders;
    let total = people.total + groups.total;
    let heading = format!("Given to {}", counted(people.total + outside, groups.total));
    let shown: Vec<Given> = groups.rows.into_iter().take(FEW).chain(people.rows.into_iter().take(FEW)).collect();
    // Whoever was given it in several places is in several rows, one after the other.
    let mut named: Vec<_> = shown.iter().map(Given::holder).collect();
    named.dedup();
    let more = total - named.len() as i64;
    let href = to(format_args!("/roles/{role}/holders"));
    let all =
        (total > 0).then(|| view! { <span class="do"><a class="link" href=href.clone()>"All holders"</a></span> });
    view! {
        <section class="card">
            <header><h2>{heading}</h2>{all}</header>
            {(outside > 0).then(|| view! { <div class="in"><Outside n=outside/></div> })}
            <ul class="rows">
                {shown.into_iter().map(|given| view! { <Row given now/> }).collect_view()}
                {(more > 0).then(|| view! { <li><div><a class="link" href=href>{format!("and {} more", grouped(more))}</a></div></li> })}
            </ul>
        </section>
    }
}

/// People whom a tenant can't name.
#[component]
fn Outside(n: i64) -> impl IntoView {
    let said = match n {
        1 => "1 person of them doesn’t belong to this tenant.".to_owned(),
        n => format!("{} of them don’t belong to this tenant.", grouped(n)),
    };
    (n > 0).then(|| view! { <p class="hint">{said}</p> })
}

fn counted(people: i64, groups: i64) -> String {
    let count = |n: i64, one: &str, many: &str| format!("{} {}", grouped(n), if n == 1 { one } else { many });
    match (people, groups) {
        (0, 0) => "nobody".to_owned(),
        (people, 0) => count(people, "person", "people"),
        (0, groups) => count(groups, "group", "groups"),
        _ => format!("{} and {}", count(people, "person", "people"), count(groups, "group", "groups")),
    }
}

#[component]
fn Row(given: Given, now: Timestamp) -> impl IntoView {
    let link = |href: String, name: String| view! { <a href=href><bdi>{name}</bdi></a> }.into_any();
    let holder = match (given.user_id, given.group_id, given.name) {
        (Some(user), _, Some(name)) => link(to(format_args!("/users/{user}")), name),
        (None, Some(group), Some(name)) => {
            view! { "group "{link(to(format_args!("/groups/{group}")), name)} }.into_any()
        }
        _ => "a group of another tenant".into_any(),
    };
    let disabled = given.disabled.then(|| view! { <span class="tag plain">"disabled"</span>" " });
    view! {
        <li><div>
            {holder}" "{disabled}<Place tenant=given.tenant_name/>" "
            <Window from=given.valid_from until=given.expires_at now/>
        </div></li>
    }
}
