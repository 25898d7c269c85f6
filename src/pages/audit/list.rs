//! The log itself.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    filter::{FIELDS, FilterForm, parse, readable},
    row::EventRow,
};
use crate::{
    domain::{
        audit::{
            self,
            chain::Checked,
            check::{Checks, Running},
            event::Event,
        },
        ctx::Ctx,
        error::Result,
        refusals::{self, Counted, kind::RefusalKind},
    },
    functions::audit::CheckLog,
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, page::Page as Paged, permission::Permission, timestamp::Timestamp, user::grouped},
    pages::{
        Page,
        choices::Choices,
        form::Act,
        layout::Console,
        pager::{BY_TIME, at, ways},
        times::{Time, moment, zone_at},
    },
};

/// `/admin/audit?actor=…&target=…&action=…&tenant=…&from=…&until=…&before=…`
pub async fn page() -> Page {
    let visit = visit();
    let (ctx, fields) = (&visit.ctx, &visit.query);
    let (query, form) = parse(ctx, fields, &visit.zone).await?;
    // A filter that can't be read must not look like one that everything fits.
    let found = match form.refusal {
        None => audit::list::list(ctx, &query).await?,
        Some(_) => Paged { rows: Vec::new(), total: 0, before: None, after: None },
    };
    let checks = audit::check::checks(ctx).await?;
    let refused = refusals::lately(ctx, REFUSED_DAYS).await?;
    let tenants = tenant_choices(ctx, fields.text("tenant")).await?;
    let (now, whole_log, paged) = (ctx.now(), ctx.tenant().is_none(), query.before.is_some());
    let state = FIELDS.iter().fold(Fields::default(), |state, name| state.with(name, fields.text(name)));
    let open = query.is_filtered() || form.refusal.is_some();
    let form = readable(form, &found.rows);
    Ok(view! {
        <Console title="Audit">
            <Head state=state.clone() now/>
            {whole_log.then(|| view! { <State checks now/><Refused counted=refused/> })}
            <FilterForm form tenants open now/>
            <Events found state paged now/>
        </Console>
    }
    .into_any())
}

#[component]
fn Head(state: Fields, now: Timestamp) -> impl IntoView {
    let about = format!("Every change, newest first. Times are {}.", zone_at(now));
    view! {
        <div class="head">
            <div><h1>"Audit"</h1><p>{about}</p></div>
            <div class="do">
                <a class="btn" href=at(&to("/audit/export.csv"), &state) download>"Export CSV"</a>
                <a class="btn" href=at(&to("/audit/export.jsonl"), &state) download>"Export JSON Lines"</a>
            </div>
        </div>
    }
}

/// What was found. `state` is the filter; `paged` says whether newer events were left out.
#[component]
fn Events(found: Paged<Event>, state: Fields, paged: bool, now: Timestamp) -> impl IntoView {
    let (visit, path) = (visit(), to("/audit"));
    let undo = visit.ctx.may(Permission::AuditUndo).then(|| visit.here.clone());
    let ended = found.has_ended().then(|| view! { <Ended first=at(&path, &state)/> });
    let Paged { rows, total, after, .. } = found;
    let ways = ways((&path, &state), ("before", after), paged, BY_TIME);
    let nothing = (total == 0).then(|| {
        view! { <div class="empty"><h2>"Nothing like that happened"</h2><p>"Correct or widen the filter, or clear it."</p></div> }
    });
    view! {
        <div class="card list">
            <table class="cards">
                <thead><tr><th class="when">"When"</th><th>"What"</th><th>"Change"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
                <tbody>{rows.into_iter().map(|event| view! { <EventRow event now named=true undo=undo.clone()/> }).collect_view()}</tbody>
            </table>
            {ended}{nothing}
            <nav class="foot" aria-label="Pages">
                <span>{grouped(total)}{if total == 1 { " event" } else { " events" }}</span>{ways}
            </nav>
        </div>
    }
}

/// Tenants to filter by; none inside one, where there is nothing else to see.
async fn tenant_choices(ctx: &Ctx, wanted: &str) -> Result<Choices> {
    match ctx.tenant() {
        None => Choices::tenants(ctx, &[wanted]).await,
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
        None => view! { <Act function=CheckLog::PATH><button class="btn quiet">"Check now"</button></Act> }.into_any(),
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
        RefusalKind::WrongPasskey => ("wrong passkey", "wrong passkeys"),
        RefusalKind::NotFromHere => {
            ("right password from an address that isn't let in", "right passwords from addresses that aren't let in")
        }
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
            <a class="btn quiet" href=to("/audit")>"Look again"</a>
        </span>
    }
}
