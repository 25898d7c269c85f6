//! The log itself.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    filter::{FIELDS, FilterForm, parse, readable},
    row::EventRow,
};
use crate::{
    domain::{
        action::Action,
        audit::{
            self,
            chain::Checked,
            check::{Checks, Running},
        },
        error::Result,
        refusals::{self, Counted, kind::RefusalKind},
    },
    islands::Ended,
    model::{fields::Fields, page::Page, permission::Permission, timestamp::Timestamp, user::grouped},
    server::request::Query,
    ui::{
        choices::Choices,
        layout::console,
        pager::at,
        times::{Time, moment},
        visit::Visit,
    },
};

/// `GET /admin/audit?actor=…&target=…&action=…&tenant=…&from=…&until=…&before=…`
pub async fn page(visit: Visit, Query(fields): Query) -> Result<Response> {
    visit.ctx.require(Action::ReadAudit)?;
    let (query, form) = parse(&visit.ctx, &fields).await?;
    // A filter that can't be read must not look like one that everything fits.
    let page = match form.refusal {
        None => audit::list::list(&visit.ctx, &query).await?,
        Some(_) => Page { rows: Vec::new(), total: 0, before: None, after: None },
    };
    let form = readable(form, &page.rows);
    let checks = audit::check::checks(&visit.ctx).await?;
    let refused = refusals::lately(&visit.ctx, REFUSED_DAYS).await?;
    let choices = tenant_choices(&visit, fields.text("tenant")).await?;
    let (now, filtered, paged) = (visit.ctx.now(), query.is_filtered(), query.before.is_some());
    let state = FIELDS.iter().fold(Fields::default(), |state, name| state.with(name, fields.text(name)));
    let whole_log = visit.ctx.tenant().is_none();
    let undo = visit.ctx.may(Permission::AuditUndo).then(|| visit.here.clone());
    let open = filtered || form.refusal.is_some();
    Ok(console(&visit, "Audit", move || {
        let href = |path: &str, state: Fields| at(path, &state);
        let newest =
            paged.then(|| view! { <a class="btn quiet" href=href("/admin/audit", state.clone())>"Newest"</a> });
        let older = page.after.clone().map(|at| {
            view! { <a class="btn" rel="next" href=href("/admin/audit", state.clone().with("before", at))>"Older"</a> }
        });
        let ended = page.has_ended().then(|| view! { <Ended first=at("/admin/audit", &state)/> });
        let nothing = (page.total == 0).then(|| {
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
            {whole_log.then(|| view! { <State checks now/><Refused counted=refused/> })}
            <FilterForm form tenants=choices open/>
            <div class="card list">
                <table class="cards">
                    <thead><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
                    <tbody>{page.rows.into_iter().map(|event| view! { <EventRow event now named=true undo=undo.clone()/> }).collect_view()}</tbody>
                </table>
                {ended}{nothing}
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

/// Whether the log is as it was written, as far as the last check saw, and how far the next is.
#[component]
fn State(checks: Checks, now: Timestamp) -> impl IntoView {
    let said = match checks.last {
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
    let next = match checks.running {
        Some(running) => view! { <Progress running/> }.into_any(),
        None => view! {
            <form method="post" action="/admin/audit/check"><button class="btn quiet">"Check now"</button></form>
        }
        .into_any(),
    };
    view! { <div class="bar state">{said}{next}</div> }
}

/// The days before today of which refusals are told.
const REFUSED_DAYS: i64 = 6;

/// What was refused lately: no row of the log, because strangers make as many as they like.
#[component]
fn Refused(counted: Vec<Counted>) -> impl IntoView {
    let told = counted.into_iter().map(|Counted { kind, times }| {
        let (one, many) = refused(kind);
        format!("{} {}", grouped(times), if times == 1 { one } else { many })
    });
    let told = told.collect::<Vec<_>>().join(", ");
    let told = if told.is_empty() { "nothing".to_owned() } else { told };
    view! { <p class="hint refused">"Refused in the last 7 days (the server's log has more): "{told}"."</p> }
}

const fn refused(kind: RefusalKind) -> (&'static str, &'static str) {
    match kind {
        RefusalKind::WrongPassword => ("wrong password", "wrong passwords"),
        RefusalKind::WrongCode => ("wrong code", "wrong codes"),
        RefusalKind::WrongSecret => ("wrong client secret", "wrong client secrets"),
        RefusalKind::WrongToken => ("token or signature that isn't taken", "tokens or signatures that aren't taken"),
        RefusalKind::TooManyTries => ("try beyond a limit", "tries beyond a limit"),
        RefusalKind::Locked => ("lock-out", "lock-outs"),
        RefusalKind::NotAllowed => ("request without the permission", "requests without the permission"),
        RefusalKind::ForeignForm => ("form from elsewhere", "forms from elsewhere"),
        RefusalKind::DeadLink => ("dead link", "dead links"),
        RefusalKind::WrongSetupCode => ("wrong set-up code", "wrong set-up codes"),
    }
}

/// How far a check is. It goes on when the page is left.
#[component]
fn Progress(running: Running) -> impl IntoView {
    let of = running.of.max(1);
    view! {
        <span class="do">
            <label>"Checking "<progress max=of value=running.seen></progress></label>
            <span>{grouped(running.seen)}" of "{grouped(running.of)}</span>
            <a class="btn quiet" href="/admin/audit">"Look again"</a>
        </span>
    }
}
