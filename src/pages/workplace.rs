//! `/admin/workplace`: the tenant that one works in.

use leptos::prelude::*;

use super::{
    Page,
    layout::Console,
    pager::{Pager, Search, at},
};
use crate::{
    domain::tenants::{self, store::Listed},
    http::visit::{EVERYWHERE, to, visit},
    islands::Ended,
    model::{fields::Fields, scope::Scope},
};

/// `/admin/workplace`: everywhere, and each tenant that the reader may work in.
pub async fn page() -> Page {
    let visit = visit();
    let (search, after) = (visit.query.text("q").to_owned(), visit.query.text("after").to_owned());
    let page = tenants::queries::workplaces(&visit.ctx, &search, &after).await?;
    let (user, here) = (visit.ctx.user()?, visit.ctx.tenant());
    let may = |scope| tenants::queries::may_work(user, scope);
    let state = Fields::default().with("q", search.clone());
    let ended = page.has_ended().then(|| view! { <Ended first=at(&to("/workplace"), &state)/> });
    let everywhere = may(Scope::Everywhere).then(|| {
        view! { <Place href=EVERYWHERE.to_owned() name="Everywhere".to_owned() about="all tenants at once".to_owned() current=here.is_none() may=true/> }
    });
    let row = |Listed { id, name, slug, .. }| {
        let (href, current, may) = (format!("/t/{slug}"), here == Some(id), may(Scope::Tenant(id)));
        view! { <Place href name about=slug current may/> }
    };
    let rows = page.rows.into_iter().map(row).collect_view();
    Ok(view! {
        <Console title="Switch tenant">
            <div class="head"><div><h1>"Active tenant"</h1>
                <p>"You see and change only what belongs to the tenant you choose."</p></div></div>
            <Search path=to("/workplace") label="Find a tenant" search/>
            <div class="card">
                <ul class="rows">{everywhere}{rows}</ul>
                {ended}
                <Pager total=page.total noun=("tenant", "tenants") path=to("/workplace")
                    query=state after=page.after begun=!after.is_empty()/>
            </div>
        </Console>
    }
    .into_any())
}

/// A place to work in, and the way there: every address of the console says where it is.
#[component]
fn Place(href: String, name: String, about: String, current: bool, may: bool) -> impl IntoView {
    let label = format!("Switch to {name}");
    view! {
        <li>
            <div><b><bdi>{name}</bdi></b>" "<span class="sub">{about}</span></div>
            {match (current, may) {
                (true, _) => view! { <span class="do"><span class="tag good plain">"active tenant"</span></span> }.into_any(),
                (false, false) => view! { <span class="do sub">"nothing is given to you here yet"</span> }.into_any(),
                (false, true) => view! {
                    <span class="do"><a class="btn" href=href aria-label=label>"Switch"</a></span>
                }.into_any(),
            }}
        </li>
    }
}
