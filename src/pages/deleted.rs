//! `/admin/deleted`: people, roles and groups that can still come back.

use leptos::prelude::*;

use super::{
    Page,
    layout::Console,
    pager::Older,
    times::{Time, days_left, moment},
};
use crate::{
    domain::deleted::{self, list::Deleted},
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, permission::Permission, timestamp::Timestamp},
};

const PATH: &str = "/deleted";

/// `/admin/deleted?before=…`
pub async fn page() -> Page {
    let visit = visit();
    let before: Option<i64> = visit.query.text("before").parse().ok();
    let (rows, next) = deleted::list::list(&visit.ctx, before).await?;
    let now = visit.ctx.now();
    let rows: Vec<_> = rows.into_iter().map(|row| (row.may_come_back(&visit.ctx), row)).collect();
    let may_see_users = visit.ctx.may(Permission::UsersList);
    Ok(view! {
        <Console title="Deleted">
            {may_see_users.then(|| view! {
                <nav class="crumb" aria-label="Breadcrumb"><a href=to("/users")>"Users"</a>" / "<span aria-current="page">"Deleted"</span></nav>
            })}
            <div class="head">
                <div><h1>"Deleted"</h1><p>"People, roles and groups come back as they were for 30 days. Whoever comes back sets a new password."</p></div>
            </div>
            <div class="card list">
                {match (rows.is_empty(), before.is_some()) {
                    (true, true) => view! { <Ended first=to(PATH)/> }.into_any(),
                    _ => view! { <Rows rows now/> }.into_any(),
                }}
                <Older path=to(PATH) before=next.map(|at| at.to_string()) begun=before.is_some()/>
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Rows(rows: Vec<(bool, Deleted)>, now: Timestamp) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <div class="empty"><h2>"Nothing to bring back"</h2><p>"What was deleted more than 30 days ago is gone for good."</p></div>
        }
        .into_any();
    }
    view! {
        <table class="cards">
            <thead><tr><th class="lead">"What"</th><th>"Deleted"</th><th>"Left"</th><th class="act"><span class="sr">"What can be done"</span></th></tr></thead>
            <tbody>{rows.into_iter().map(|(may, row)| view! { <Row row may now/> }).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn Row(row: Deleted, may: bool, now: Timestamp) -> impl IntoView {
    let left = days_left(row.until(), now);
    let kind = if row.kind == "user" { "person".to_owned() } else { row.kind };
    let back = Fields::default().with("back", to(PATH)).encode();
    let restore = may.then(|| {
        view! {
            <a class="btn quiet" href=to(format_args!("/audit/{}/undo?{back}", row.event))>
                "Restore…"<span class="sr">" "<bdi>{row.name.clone()}</bdi></span>
            </a>
        }
    });
    view! {
        <tr>
            <td class="lead"><bdi>{row.name.clone()}</bdi>" "<span class="tag plain">{kind}</span></td>
            <td data-label="Deleted"><Time at=moment(row.at, now)/>" by "<bdi>{row.actor_name}</bdi></td>
            <td data-label="Left">{left}</td>
            <td class="act">{restore}</td>
        </tr>
    }
}
