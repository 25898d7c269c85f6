//! `/admin/users`: the list.

use leptos::prelude::*;

use crate::{
    domain::{ctx::Ctx, users::list::Only},
    functions::users::{ShownUsers, listed},
    http::visit::{to, visit},
    islands::{BulkButtons, UserList},
    model::{
        permission::Permission,
        user::{BulkAction, UserQuery, grouped},
    },
    pages::{
        Page,
        layout::{Console, Icon},
    },
};

/// `/admin/users?q=…&status=…&sort=…&order=…&after=…`
pub async fn page() -> Page {
    let visit = visit();
    let query = UserQuery::from_fields(&visit.query);
    let ShownUsers { page, all, only } = listed(&query).await?;
    let (may_see_deleted, may_add) = (visit.ctx.may(Permission::AuditRead), visit.ctx.may(Permission::UsersAdd));
    let bulk = BulkButtons(allowed(&visit.ctx));
    Ok(view! {
        <Console title="Users">
            <div class="head">
                <div>
                    <h1>"Users"</h1>
                    <p>{match all { 1 => "1 person".to_owned(), n => format!("{} people", grouped(n)) }}</p>
                </div>
                <div class="do">
                    {may_add.then(|| view! { <a class="btn" href=to("/users/invite")>"Invite…"</a> })}
                    <a class="btn quiet" href=to("/invitations")>"Invitations"</a>
                    {may_see_deleted.then(|| view! { <a class="btn quiet" href=to("/deleted")>"Deleted"</a> })}
                    {may_add.then(|| view! { <a class="btn main" href=to("/users/new")><Icon name="plus"/>"New user"</a> })}
                </div>
            </div>
            <Alone only/>
            <UserList page query bulk path=to("/users")/>
        </Console>
    }
    .into_any())
}

/// Of whom alone the list is, and the way to everybody.
#[component]
fn Alone(only: Only) -> impl IntoView {
    let role = only.role.map(|role| view! { " with the role "<b><bdi>{role.name}</bdi></b> });
    let group = only.group.map(|group| view! { " of the group "<b><bdi>{group.name}</bdi></b> });
    (role.is_some() || group.is_some()).then(|| {
        view! { <p class="note"><span>"Only people"{role}{group}". "<a href=to("/users")>"Show everybody"</a></span></p> }
    })
}

fn allowed(ctx: &Ctx) -> Vec<BulkAction> {
    let needs = |action: &BulkAction| match action {
        BulkAction::Enable => Permission::UsersEnable,
        BulkAction::Disable => Permission::UsersRevoke,
        BulkAction::Delete => Permission::UsersDelete,
    };
    BulkAction::ALL.iter().copied().filter(|action| ctx.may(needs(action))).collect()
}
