//! `/admin/groups/{id}`: who is in it, directly and through other groups, and what is given to it.

use std::collections::HashSet;

use leptos::prelude::*;

use super::cards::{Members, Nested, Others, Shown, Through};
use crate::{
    domain::{
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
    http::visit::{ctx, named, to, visit},
    model::{
        fields::Fields,
        id::GroupId,
        page::{Limited, Page},
        permission::Permission,
        principal::Principal,
        scope::Scope,
    },
    pages::{
        self,
        grants::{AroundCard, GrantsCard},
        layout::Console,
        parts::Trail,
    },
};

/// Everything the page shows.
struct Detail {
    group: Group,
    members: Page<MemberView>,
    inherited: Page<Inherited>,
    neighbours: Neighbours,
    grants: Limited<GrantView>,
    around: Limited<Around>,
    others: Option<Others>,
    query: Fields,
}

impl Detail {
    /// Loads what the page shows: its lists from where `query` has them, and groups to add by its search.
    async fn load(ctx: &Ctx, id: GroupId, query: &Fields) -> Result<Self> {
        let group = groups::queries::read(ctx, id).await?;
        let neighbours = groups::queries::neighbours(ctx, id).await?;
        let (after, inherited, search) = (query.text("after"), query.text("inherited"), query.text("q"));
        Ok(Self {
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

/// `/admin/groups/{id}?after=…&inherited=…&q=…`
pub async fn page() -> pages::Page {
    let visit = visit();
    let detail = Detail::load(&visit.ctx, named("id", "group")?, &visit.query).await?;
    let Detail { group, members, inherited, neighbours, grants, around, others, query } = detail;
    let (id, now, may) = (group.id, visit.ctx.now(), visit.ctx.may(Permission::GroupsUpdate));
    let shown = Shown { group: id, href: to(format_args!("/groups/{id}")), query, may };
    let has_inner = !neighbours.inside.rows.is_empty();
    Ok(view! {
        <Console title=group.name.clone()>
            <Trail list=("/groups", "Groups") here=group.name.clone()/>
            <Head group/>
            <div class="cols">
                <div class="stack">
                    <Nested shown=shown.clone() neighbours others/>
                    <Members shown=shown.clone() page=members now/>
                    {has_inner.then(|| view! { <Through shown page=inherited/> })}
                </div>
                <div class="stack">
                    <GrantsCard grants holder=Principal::Group(id)/>
                    <AroundCard heading="Access through groups around it" grants=around now/>
                </div>
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Head(group: Group) -> impl IntoView {
    let ctx = ctx();
    let href = to(format_args!("/groups/{}", group.id));
    let about = (!group.description.is_empty()).then(|| view! { <bdi>{group.description}</bdi>" · " });
    view! {
        <div class="head">
            <div><h1><bdi>{group.name}</bdi></h1><p>{about}"in "<bdi>{group.tenant_name}</bdi></p></div>
            <div class="do">
                {ctx.may(Permission::GroupsUpdate).then(|| view! { <a class="btn" href=format!("{href}/edit")>"Edit…"</a> })}
                {ctx.may(Permission::GroupsDelete).then(|| view! { <a class="btn bad" href=format!("{href}/delete")>"Delete…"</a> })}
            </div>
        </div>
    }
}
