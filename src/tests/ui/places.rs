//! Things that paths can name, so that every route can be walked.

use crate::{
    domain::stage::typed,
    support::{World, changes::*, group_form, role_form},
};
use castellan::{
    app::{FILES, PAGES},
    domain::{
        audit::{self, query::EventQuery},
        groups::input::NewGroup,
        roles::input::RoleContent,
        users::store::User,
    },
    http::access::{Access, rules},
    model::{id::ROOT_TENANT, principal::Principal},
};

/// What can be asked of the console: a page or a file, or a function.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub path: &'static str,
    pub access: Access,
}

impl Route {
    pub fn is_function(&self) -> bool {
        self.path.starts_with("/fn/")
    }
}

/// Everything that can be asked, from the tables that the server itself is made of.
pub fn routes() -> Vec<Route> {
    let pages = PAGES.iter().chain(FILES).map(|(path, access)| Route { path, access: *access });
    let mut functions: Vec<_> = rules().map(|rule| Route { path: rule.path, access: rule.access }).collect();
    functions.sort_by_key(|route| route.path);
    pages.chain(functions).collect()
}

/// One of each noun.
pub struct Places {
    pub user: String,
    pub role: String,
    pub group: String,
    pub grant: String,
    pub event: String,
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

    /// The page's path with something that exists in place of each parameter.
    pub fn path(&self, path: &str) -> String {
        let tenant = ROOT_TENANT.to_string();
        let id = match path.split('/').nth(2) {
            Some("roles") => &self.role,
            Some("groups") => &self.group,
            Some("tenants") => &tenant,
            Some("grants") => &self.grant,
            Some("audit") => &self.event,
            _ => &self.user,
        };
        let path = path.replace(":id", id).replace(":user", &self.user).replace(":group", &self.group);
        path.replace(":name", "users.read")
    }

    /// What a form names for a function to work on, where its page would put that into it.
    pub fn named(&self, function: &str) -> Vec<(&'static str, String)> {
        let id = match function.split('/').nth(2) {
            Some("roles") => &self.role,
            Some("groups") => &self.group,
            Some("tenants") => &ROOT_TENANT.to_string(),
            Some("grants") => &self.grant,
            Some("audit") => &self.event,
            _ => &self.user,
        };
        vec![("id", id.clone()), ("user", self.user.clone())]
    }

    /// The path with the query that its page can't be without.
    pub fn page(&self, path: &str) -> String {
        let query = match path {
            "/admin/users/bulk" => format!("?action=disable&user={}", self.user),
            "/admin/grants/new" => format!("?user={}", self.user),
            "/admin/roles/:id/rollback" => "?to=1".to_owned(),
            _ => String::new(),
        };
        self.path(path) + &query
    }
}
