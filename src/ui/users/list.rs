//! `/admin/users`: the list, and the same rows for the island that searches as you type.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use crate::{
    domain::{
        ctx::Ctx,
        error::Result,
        users::{self, list::Listed},
    },
    islands::{BulkButtons, UserList},
    model::{
        page::Page,
        permission::Permission,
        user::{BulkAction, UserPage, UserQuery, UserRow, initials},
    },
    server::request::Query,
    ui::{
        layout::{Icon, console},
        times::moment,
        visit::Visit,
    },
};

/// `GET /admin/users`
pub async fn page(visit: Visit, Query(fields): Query) -> Result<Response> {
    let query = UserQuery::from_fields(&fields);
    let page = load(&visit.ctx, &query).await?;
    let everybody = users::list::total(&visit.ctx, None).await?;
    let may_see_deleted = visit.ctx.may(Permission::AuditRead);
    let may_add = visit.ctx.may(Permission::UsersAdd);
    let bulk = BulkButtons(allowed(&visit.ctx));
    Ok(console(&visit, "Users", move || {
        view! {
            <div class="head">
                <div>
                    <h1>"Users"</h1>
                    <p>{match everybody { 1 => "1 person".to_owned(), n => format!("{} people", crate::model::user::grouped(n)) }}</p>
                </div>
                <div class="do">
                    {may_see_deleted.then(|| view! { <a class="btn quiet" href="/admin/deleted">"Deleted"</a> })}
                    {may_add.then(|| view! { <a class="btn main" href="/admin/users/new"><Icon name="plus"/>"New user"</a> })}
                </div>
            </div>
            <UserList page query bulk/>
        }
    }))
}

/// `GET /admin/users/rows`: the page's rows as JSON.
pub async fn rows(ctx: Ctx, Query(fields): Query) -> Result<Response> {
    Ok(Json(load(&ctx, &UserQuery::from_fields(&fields)).await?).into_response())
}

async fn load(ctx: &Ctx, query: &UserQuery) -> Result<UserPage> {
    let page = users::list::list(ctx, query).await?;
    let now = ctx.now();
    let row = |listed: Listed| UserRow {
        id: listed.id,
        initials: initials(&listed.display_name),
        name: listed.display_name,
        email: listed.login,
        status: listed.status,
        roles: few(&listed.roles),
        created: moment(listed.created_at, now),
        last_sign_in: listed.last_sign_in_at.map(|at| moment(at, now)),
    };
    Ok(Page {
        rows: page.rows.into_iter().map(row).collect(),
        total: page.total,
        before: page.before,
        after: page.after,
    })
}

/// The first names of a list, and how many there are besides: a row stays a row however many somebody has.
fn few(names: &[String]) -> String {
    match names {
        [first, second, others @ ..] if !others.is_empty() => format!("{first}, {second} and {} more", others.len()),
        all => all.join(", "),
    }
}

fn allowed(ctx: &Ctx) -> Vec<BulkAction> {
    let needs = |action: &BulkAction| match action {
        BulkAction::Enable => Permission::UsersEnable,
        BulkAction::Disable => Permission::UsersRevoke,
        BulkAction::Delete => Permission::UsersDelete,
    };
    BulkAction::ALL.iter().copied().filter(|action| ctx.may(needs(action))).collect()
}
