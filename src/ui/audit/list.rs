//! The log itself.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    EventRow,
    filter::{FIELDS, FilterForm, parse, readable},
};
use crate::{
    domain::{
        error::Result,
        events::{self, Checked},
        verb::Verb,
    },
    model::{fields::Fields, page::Page, permission::Permission, timestamp::Timestamp, user::grouped},
    server::request::Query,
    ui::{choices::Choices, layout::console, times::moment, users::detail::Time, visit::Visit},
};

/// `GET /admin/audit?actor=…&target=…&verb=…&tenant=…&from=…&until=…&before=…`
pub async fn page(visit: Visit, Query(fields): Query) -> Result<Response> {
    visit.ctx.require(Verb::ReadAudit)?;
    let (query, form) = parse(&visit.ctx, &fields).await?;
    // A filter that can't be read must not look like one that everything fits.
    let page = match form.refusal {
        None => events::list(&visit.ctx, &query).await?,
        Some(_) => Page { rows: Vec::new(), total: 0, before: None, after: None },
    };
    let form = readable(form, &page.rows);
    let checked = events::last_check(&visit.ctx).await?;
    let choices = tenant_choices(&visit, fields.text("tenant")).await?;
    let (now, filtered, paged) = (visit.ctx.now(), query.is_filtered(), query.before.is_some());
    let state = FIELDS.iter().fold(Fields::default(), |state, name| state.with(name, fields.text(name)));
    let whole_log = visit.ctx.tenant().is_none();
    let undo = visit.ctx.may(Permission::AuditUndo).then(|| visit.here.clone());
    let open = filtered || form.refusal.is_some();
    Ok(console(&visit, "Audit", move || {
        let href = |path: &str, state: Fields| format!("{path}?{}", state.encode());
        let newest =
            paged.then(|| view! { <a class="btn quiet" href=href("/admin/audit", state.clone())>"Newest"</a> });
        let older = page.after.clone().map(|at| {
            view! { <a class="btn" rel="next" href=href("/admin/audit", state.clone().with("before", at))>"Older"</a> }
        });
        let nothing = page.rows.is_empty().then(|| {
            view! { <div class="empty"><h2>"Nothing like that happened"</h2><p>"Correct or widen the filter, or clear it."</p></div> }
        });
        view! {
            <div class="head">
                <div><h1>"Audit"</h1><p>"Every change, newest first. Times are UTC."</p></div>
                <div class="do">
                    <a class="btn" href=href("/admin/audit/export.csv", state.clone()) download>"Export CSV"</a>
                    <a class="btn" href=href("/admin/audit/export.jsonl", state.clone()) download>"Export JSON Lines"</a>
                </div>
            </div>
            {whole_log.then(|| view! { <State checked now/> })}
            <FilterForm form tenants=choices open/>
            <div class="card list">
                <table class="cards">
                    <thead><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
                    <tbody>{page.rows.into_iter().map(|event| view! { <EventRow event now named=true undo=undo.clone()/> }).collect_view()}</tbody>
                </table>
                {nothing}
                <nav class="foot" aria-label="Pages">
                    <span>{grouped(page.total)}{if page.total == 1 { " event" } else { " events" }}</span><span class="do">{newest}{older}</span>
                </nav>
            </div>
        }
    }))
}

/// Tenants to filter by; none inside one, where there is nothing else to see.
async fn tenant_choices(visit: &Visit, wanted: &str) -> Result<Choices> {
    match visit.ctx.tenant() {
        None => Choices::tenants(&visit.ctx, &[wanted]).await,
        Some(_) => Ok(Choices::default()),
    }
}

/// Whether the log is as it was written, as far as the last check saw.
#[component]
fn State(checked: Option<Checked>, now: Timestamp) -> impl IntoView {
    let said = match checked {
        None => view! { <span>"The log was not checked yet."</span> }.into_any(),
        Some(Checked { at, whole, broken: None }) => view! {
            <span class="tag good">"unaltered"</span><span>{grouped(whole)}" events are as they were written, checked "<Time at=moment(at, now)/>"."</span>
        }
        .into_any(),
        Some(Checked { at, broken: Some(broken), .. }) => view! {
            <span class="tag bad">"broken"</span>
            <span>"Event "{grouped(broken.seq)}": "{broken.why}", seen "<Time at=moment(at, now)/>". Somebody changed the database by hand."</span>
        }
        .into_any(),
    };
    view! {
        <form class="bar state" method="post" action="/admin/audit/check">{said}<button class="btn quiet">"Check now"</button></form>
    }
}
