//! `/admin/groups/{id}`: who is in it, directly and through other groups, and what is given to it.

use std::collections::HashSet;

use axum::response::Response;
use leptos::prelude::*;

use super::cards::{Adding, Members, Nested, Others, Shown, Through};
use crate::{
    domain::{
        access::preview::effect::Effect,
        ctx::Ctx,
        error::Result,
        grants::{self, around::Around, store::GrantView},
        groups::{
            self,
            member_store::{Inherited, MemberView},
            queries::Neighbours,
            store::{Group, Listed},
        },
    },
    model::{
        fields::Fields,
        id::GroupId,
        page::{Limited, Page},
        permission::Permission,
        principal::Principal,
        scope::Scope,
    },
    server::request::Query,
    ui::{
        form::FormState,
        grants::{AroundCard, GrantsCard},
        layout::console,
        parts::Trail,
        path::GroupPath,
        visit::Visit,
    },
};

/// Everything the page shows.
pub struct Detail {
    group: Group,
    members: Page<MemberView>,
    inherited: Page<Inherited>,
    neighbours: Neighbours,
    grants: Limited<GrantView>,
    around: Limited<Around>,
    others: Option<Others>,
    query: Fields,
}

/// `GET /admin/groups/{id}?after=…&inherited=…&q=…`
pub async fn page(visit: Visit, GroupPath(id): GroupPath, Query(query): Query) -> Result<Response> {
    let detail = load(&visit, id, &query).await?;
    Ok(view(&visit, detail, FormState::default(), None))
}

/// Loads what the page shows: its lists from where `query` has them, and groups to add by its search.
pub async fn load(visit: &Visit, id: GroupId, query: &Fields) -> Result<Detail> {
    let ctx = &visit.ctx;
    let group = groups::queries::read(ctx, id).await?;
    let neighbours = groups::queries::neighbours(ctx, id).await?;
    let (after, inherited, search) = (query.text("after"), query.text("inherited"), query.text("q"));
    Ok(Detail {
        members: groups::queries::members(ctx, id, after).await?,
        inherited: groups::queries::inherited(ctx, id, inherited).await?,
        grants: grants::queries::of_group(ctx, id).await?,
        around: grants::around::of_group(ctx, id).await?,
        others: others(ctx, &group, &neighbours, search).await?,
        query: Fields::default().with("after", after).with("inherited", inherited).with("q", search),
        group,
        neighbours,
    })
}

/// Groups of the same tenant that can be put into the group, if the reader may do that.
async fn others(ctx: &Ctx, group: &Group, neighbours: &Neighbours, search: &str) -> Result<Option<Others>> {
    let there = ctx.clone().working_in(Scope::Tenant(group.tenant_id));
    if !(ctx.may(Permission::GroupsUpdate) && there.may(Permission::GroupsList)) {
        return Ok(None);
    }
    let page = groups::queries::list(&there, search, "").await?;
    let around = neighbours.inside.rows.iter().chain(&neighbours.outside.rows);
    let around: HashSet<GroupId> = around.map(|next| next.id).chain([group.id]).collect();
    let fits = |other: &Listed| !around.contains(&other.id);
    let options = page.rows.into_iter().filter(fits).map(|other| (other.id.to_string(), other.name)).collect();
    Ok(Some(Others { options, more: page.after.is_some(), search: search.to_owned() }))
}

/// The page; `form` is the one that adds somebody or a group, and `effect` what it would do.
pub fn view(visit: &Visit, detail: Detail, form: FormState, effect: Option<Effect>) -> Response {
    let title = detail.group.name.clone();
    let visit_inside = visit.clone();
    console(visit, &title, move || {
        let Detail { group, members, inherited, neighbours, grants, around, others, query } = detail;
        let (now, may) = (visit_inside.ctx.now(), visit_inside.ctx.may(Permission::GroupsUpdate));
        let shown = Shown { href: format!("/admin/groups/{}", group.id), query, may };
        let through =
            (!neighbours.inside.rows.is_empty()).then(|| view! { <Through shown=shown.clone() page=inherited/> });
        let (person, inner) = Adding::both(form, effect);
        view! {
            <Trail list=("/admin/groups", "Groups") here=group.name.clone()/>
            <Head visit=visit_inside.clone() group=group.clone()/>
            <div class="cols">
                <div class="stack">
                    <Nested shown=shown.clone() neighbours others adding=inner/>
                    <Members shown page=members adding=person now/>
                    {through}
                </div>
                <div class="stack">
                    <GrantsCard visit=visit_inside grants holder=Principal::Group(group.id)/>
                    <AroundCard heading="Access through groups around it" grants=around now/>
                </div>
            </div>
        }
    })
}

#[component]
fn Head(visit: Visit, group: Group) -> impl IntoView {
    let href = format!("/admin/groups/{}", group.id);
    let may = |permission| visit.ctx.may(permission);
    let about = (!group.description.is_empty()).then(|| view! { <bdi>{group.description}</bdi>" · " });
    view! {
        <div class="head">
            <div><h1><bdi>{group.name}</bdi></h1><p>{about}"in "<bdi>{group.tenant_name}</bdi></p></div>
            <div class="do">
                {may(Permission::GroupsUpdate).then(|| view! { <a class="btn" href=format!("{href}/edit")>"Edit…"</a> })}
                {may(Permission::GroupsDelete).then(|| view! { <a class="btn bad" href=format!("{href}/delete")>"Delete…"</a> })}
            </div>
        </div>
    }
}
