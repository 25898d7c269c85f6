//! Things that paths can name, so that every route can be walked.

use castellan::{
    domain::{
        events::{self, EventQuery},
        groups, roles,
        users::User,
    },
    model::{fields::Fields, id::ROOT_TENANT},
    ui::Route,
};

use crate::support::World;

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
        let draft = Fields::default().with("name", "helpers").with("pattern", "users.read");
        let role = roles::create(&ctx, roles::Draft::parse(&draft).unwrap()).await.unwrap();
        let draft = Fields::default().with("name", "Helpers").with("tenant", ROOT_TENANT.to_string());
        let group = groups::create(&ctx, groups::Draft::parse(&draft).unwrap()).await.unwrap();
        groups::add(&ctx, group.id, &Fields::default().with("user", user.id.to_string())).await.unwrap();
        let grant = world.give(user, "read-only").await;
        let event = events::list(&ctx, &EventQuery::default()).await.unwrap().rows[0].id;
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
