//! What was given to a person or a group, on their page.

use leptos::prelude::*;

use crate::{
    domain::grants::{around::Around, store::GrantView},
    http::visit::{to, visit},
    model::{
        id::GroupId, page::Limited, permission::Permission, principal::Principal, timestamp::Timestamp, user::grouped,
    },
    pages::{
        pager::NotAll,
        parts::parted,
        times::{self, Time, moment},
    },
};

/// The grants, each with where it counts, how long, and what can be done about it.
#[component]
pub fn GrantsCard(grants: Limited<GrantView>, holder: Principal) -> impl IntoView {
    let visit = visit();
    let may = visit.ctx.may(Permission::UsersUpdateRoles);
    let (give, nothing) = match holder {
        Principal::User(id) => (to(format_args!("/grants/new?user={id}")), "Nothing is given to them directly."),
        Principal::Group(id) => (to(format_args!("/grants/new?group={id}")), "Nothing is given to it directly."),
    };
    let Limited { rows, more } = grants;
    let empty = rows.is_empty().then(|| view! { <div class="in"><p class="hint">{nothing}</p></div> });
    let count = counted(rows.len(), more);
    // What counts everywhere is not a tenant's to change.
    let (now, in_tenant) = (visit.ctx.now(), visit.ctx.tenant().is_some());
    let rows = rows.into_iter().map(|grant| {
        let may = may && (!in_tenant || grant.tenant_id.is_some());
        view! { <GrantRow grant now may/> }.into_any()
    });
    view! {
        <section class="card">
            <header>
                <h2>"Access"</h2>{count.map(|count| view! { <span class="hint">{count}</span> })}
                {may.then(|| view! { <div class="do"><a class="btn" href=give>"Give access…"</a></div> })}
            </header>
            {empty}
            <Folded rows=rows.collect()/>
            <NotAll more/>
        </section>
    }
}

/// `31`, or `500+` where not all are listed; nothing where there is nothing to count.
fn counted(listed: usize, more: bool) -> Option<String> {
    (listed > 0).then(|| format!("{}{}", grouped(listed as i64), if more { "+" } else { "" }))
}

/// The first of many rows, and the others behind the count of all.
#[component]
fn Folded(rows: Vec<AnyView>) -> impl IntoView {
    let all = rows.len();
    let (rows, others) = parted(rows);
    let others = (!others.is_empty()).then(|| {
        view! {
            <details class="rest others">
                <summary>{format!("Show all {}", grouped(all as i64))}</summary>
                <ul class="rows">{others}</ul>
            </details>
        }
    });
    view! { <ul class="rows">{rows}</ul>{others} }
}

/// What reaches a person or a group through groups that they are in.
#[component]
pub fn AroundCard(heading: &'static str, grants: Limited<Around>, now: Timestamp) -> impl IntoView {
    let Limited { rows, more } = grants;
    let count = counted(rows.len(), more);
    let row = |Around { grant, around_id, around_name }| {
        view! { <GrantRow grant now may=false through=(around_id, around_name)/> }.into_any()
    };
    count.map(|count| {
        view! {
            <section class="card">
                <header><h2>{heading}</h2><span class="hint">{count}</span></header>
                <Folded rows=rows.into_iter().map(row).collect()/>
                <NotAll more/>
            </section>
        }
    })
}

#[component]
fn GrantRow(
    grant: GrantView,
    now: Timestamp,
    may: bool,
    /// The group that it was given to, where that isn't the page's.
    #[prop(optional)]
    through: Option<(GroupId, Option<String>)>,
) -> impl IntoView {
    let name = grant.name().to_owned();
    let href = to(format_args!("/grants/{}", grant.id));
    let what = match &grant.role_id {
        Some(role) => view! { <a href=to(format_args!("/roles/{role}"))><b>{name.clone()}</b></a> }.into_any(),
        None => view! { <a href=to(format_args!("/permissions/{name}"))><code>{name.clone()}</code></a> }.into_any(),
    };
    let suspended = grant.suspended.then(|| {
        view! { <span class="tag warn plain">"doesn’t count: they are not active there"</span>" " }
    });
    let by = grant.granted_by.map(|by| view! { " by "<bdi>{by}</bdi> });
    let through = through.map(|(id, name)| match name {
        Some(name) => {
            let group = to(format_args!("/groups/{id}"));
            view! { "through group "<a class="link" href=group><bdi>{name}</bdi></a>" · " }.into_any()
        }
        None => "through a group of another tenant · ".into_any(),
    });
    let reason = (!grant.reason.is_empty()).then(|| view! { " · “"<bdi>{grant.reason}</bdi>"”" });
    view! {
        <li>
            <div>
                {what}" "<Place tenant=grant.tenant_name/>" "{suspended}<Window from=grant.valid_from until=grant.expires_at now/>
                <div class="sub">{through}"given "<Time at=moment(grant.created_at, now)/>{by}{reason}</div>
            </div>
            {may.then(|| view! {
                <span class="do">
                    <a class="btn quiet" href=format!("{href}/renew") aria-label=format!("Change how long {name} lasts")>"Change…"</a>
                    <a class="btn quiet" href=format!("{href}/take") aria-label=format!("Remove access: {name}")>"Remove access…"</a>
                </span>
            })}
        </li>
    }
}

/// Where a grant counts; without a tenant everywhere.
#[component]
pub fn Place(tenant: Option<String>) -> impl IntoView {
    match tenant {
        Some(name) => view! { <span class="sub">"in "<bdi>{name}</bdi></span> }.into_any(),
        None => view! { <span class="sub">"everywhere"</span> }.into_any(),
    }
}

/// When a grant begins or ends, if it does: nothing for access that simply is.
#[component]
pub fn Window(from: Option<Timestamp>, until: Option<Timestamp>, now: Timestamp) -> impl IntoView {
    let begins = from.filter(|from| *from > now).map(|from| {
        view! { <span class="tag plain">"begins "<Time at=moment(from, now)/></span>" " }
    });
    let ends = until.map(|at| {
        view! { <span class=times::until_tone(at, now) title=moment(at, now).exact>{times::until(at, now)}</span> }
    });
    view! { {begins}{ends} }
}
