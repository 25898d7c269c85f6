//! Things that paths can name, so that every route can be walked.

use crate::{
    domain::stage::typed,
    support::{World, changes::*, group_form, role_form},
};
use castellan::{
    domain::{
        audit::{self, query::EventQuery},
        groups::input::NewGroup,
        roles::input::RoleContent,
        users::store::User,
    },
    model::{id::ROOT_TENANT, principal::Principal},
    ui::Route,
};

/// One of each noun.
pub struct Places {
    pub user: String,
    role: String,
    group: String,
    grant: String,
    event: String,
}

impl Places {
    /// Makes a role and a group, beside `user`, who holds something.
    pub async fn make(world: &World, user: &User) -> Self {
        let ctx = world.operator();
        let role = add_role(&ctx, RoleContent::parse(&role_form("helpers", "users.read")).unwrap()).await.unwrap();
        let group = add_group(&ctx, NewGroup::parse(&group_form("Helpers")).unwrap()).await.unwrap();
        add_to_group(&ctx, group.id, &typed(Principal::User(user.id))).await.unwrap();
        let grant = world.give(user, "read-only").await;
        let event = audit::list::list(&ctx, &EventQuery::default()).await.unwrap().rows[0].id;
        Self {
            user: user.id.to_string(),
            role: role.id.to_string(),
            group: group.id.to_string(),
            grant: grant.to_string(),
            event: event.to_string(),
        }
    }

    /// The route's path with something that exists in place of each parameter.
    pub fn path(&self, route: &Route) -> String {
        let tenant = ROOT_TENANT.to_string();
        let id = match route.path.split('/').nth(2) {
            Some("roles") => &self.role,
            Some("groups") => &self.group,
            Some("tenants") => &tenant,
            Some("grants") => &self.grant,
            Some("audit") => &self.event,
            _ => &self.user,
        };
        let path = route.path.replace("{id}", id).replace("{user}", &self.user).replace("{group}", &self.group);
        path.replace("{name}", "users.read")
    }

    /// The path with the query that its page can't be without.
    pub fn page(&self, route: &Route) -> String {
        let query = match route.path {
            "/admin/users/bulk" => format!("?action=disable&user={}", self.user),
            "/admin/grants/new" => format!("?user={}", self.user),
            "/admin/roles/{id}/rollback" => "?to=1".to_owned(),
            _ => String::new(),
        };
        self.path(route) + &query
    }
}
