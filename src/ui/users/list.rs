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
        users::{
            self,
            list::{Listed, Users},
        },
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
    let (page, everybody) = load(&visit.ctx, &query).await?;
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
    Ok(Json(load(&ctx, &UserQuery::from_fields(&fields)).await?.0).into_response())
}

/// The page as it is shown, and how many users there are.
async fn load(ctx: &Ctx, query: &UserQuery) -> Result<(UserPage, i64)> {
    let Users { page, all } = users::list::list(ctx, query).await?;
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
    let rows = page.rows.into_iter().map(row).collect();
    Ok((Page { rows, total: page.total, before: page.before, after: page.after }, all))
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
