//! Things that paths can name, so that every route can be walked.

use crate::{
    domain::stage::{client, key_pair, message, nothing, of_account, typed},
    support::{World, changes::*, group_form, role_form},
};
use castellan::{
    app::{FILES, PAGES},
    domain::{
        audit::{self, query::EventQuery},
        commands::service_keys::{NewServiceKey, add_service_key},
        ctx::Ctx,
        groups::input::NewGroup,
        passkeys::store::{self, NewPasskey},
        roles::input::RoleContent,
        tokens::{
            commands::AddToken,
            input::{NewToken, TokenBounds},
        },
        users::store::User,
    },
    http::access::{Access, rules},
    model::{
        id::{PasskeyId, ROOT_TENANT},
        principal::Principal,
    },
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

/// A passkey that no device holds, of somebody who doesn't sign in: `user` does, by a password alone.
pub async fn passkey(world: &World) -> String {
    let id = PasskeyId(world.services.clock.id());
    let new = NewPasskey {
        id,
        user: world.add("keeper", "").await.id,
        name: "Phone",
        credential_id: id.0.as_bytes(),
        credential: "{}",
    };
    let mut tx = world.services.db.begin().await.unwrap();
    assert!(store::insert(&mut tx, &new, world.services.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    id.to_string()
}

/// One of each noun.
pub struct Places {
    pub user: String,
    pub role: String,
    pub group: String,
    pub grant: String,
    pub event: String,
    pub message: String,
    pub client: String,
    pub token: String,
    pub key: String,
    pub pair: String,
    pub passkey: String,
}

/// A token and a service key that allow nothing, so whoever may do something to tokens may do it to these.
async fn carried(ctx: &Ctx, user: &User) -> (String, String) {
    let bounds = TokenBounds { permissions: Vec::new(), ..nothing() };
    let new = NewToken { bounds: bounds.clone(), ..of_account((user.id, ROOT_TENANT), "ci") };
    let token = run(ctx, AddToken::prepare(ctx, new).0).await.unwrap();
    let new = NewServiceKey { tenant: ROOT_TENANT, name: "robot".into(), roles: Vec::new(), bounds };
    let (key, _) = add_service_key(ctx, new).await.unwrap();
    (token.id.to_string(), key.id.to_string())
}

impl Places {
    /// Makes a role and a group, beside `user`, who holds something.
    pub async fn make(world: &World, user: &User) -> Self {
        let ctx = world.operator();
        let role = add_role(&ctx, RoleContent::parse(&role_form("helpers", "users.read")).unwrap()).await.unwrap();
        let group = add_group(&ctx, NewGroup::parse(&group_form("Helpers")).unwrap()).await.unwrap();
        add_to_group(&ctx, group.id, &typed(Principal::User(user.id))).await.unwrap();
        let (token, key) = carried(&ctx, user).await;
        let client = client(&ctx, ROOT_TENANT, "ci").await.id.to_string();
        let pair = key_pair(&ctx, ROOT_TENANT, "ci").await.id.to_string();
        let grant = world.give(user, "read-only").await;
        let event = audit::list::list(&ctx, &EventQuery::default()).await.unwrap().rows[0].id;
        Self {
            user: user.id.to_string(),
            role: role.id.to_string(),
            group: group.id.to_string(),
            grant: grant.to_string(),
            event: event.to_string(),
            message: message(world, user).await.to_string(),
            client,
            token,
            key,
            pair,
            passkey: passkey(world).await,
        }
    }

    /// The id of what the pages and functions of this path are about.
    fn of(&self, path: &str) -> String {
        match path.split('/').nth(2) {
            Some("roles") => self.role.clone(),
            Some("groups") => self.group.clone(),
            Some("tenants") => ROOT_TENANT.to_string(),
            Some("grants") => self.grant.clone(),
            Some("audit") => self.event.clone(),
            Some("outbox") => self.message.clone(),
            Some("clients") => self.client.clone(),
            Some("tokens") => self.token.clone(),
            Some("keys") => self.key.clone(),
            Some("key-pairs") => self.pair.clone(),
            Some("passkeys") => self.passkey.clone(),
            _ => self.user.clone(),
        }
    }

    /// The page's path with something that exists in place of each parameter.
    pub fn path(&self, path: &str) -> String {
        let path = path.replace(":id", &self.of(path)).replace(":user", &self.user).replace(":group", &self.group);
        path.replace(":name", "users.read")
    }

    /// What a form names for a function to work on, where its page would put that into it.
    pub fn named(&self, function: &str) -> Vec<(&'static str, String)> {
        vec![("id", self.of(function)), ("user", self.user.clone())]
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
