//! A world to test in: a database of its own, a clock that stands still, and people.

mod browser;
pub mod changes;
mod database;
mod device;
pub mod forms;
mod mail;
mod secrets;

use std::sync::Arc;

use argon2::Params;
use axum::Router;
use castellan::{
    config::Forwarded,
    domain::{
        access,
        calling::{Caller, CallingUser, Proof},
        clock::Clock,
        ctx::{Ctx, Origin, Services},
        grants::input::NewGrant,
        passwords::hasher::Hasher,
        roles,
        secrets::SecretKey,
        setup,
        users::{input::NewUser, store::User},
    },
    http::{
        layers::router,
        state::{AppState, Site},
    },
    model::{
        forms::{GroupForm, NewUserForm, ProfileForm, RoleForm},
        id::{GrantId, ROOT_TENANT, RoleId, SessionId},
        principal::Principal,
        scope::Scope,
        timestamp::Timestamp,
    },
};

pub use browser::{Answer, Browser};
pub use database::new_postgres;
pub use device::Device;
pub use mail::{Does, MailServer};
pub use secrets::{Secrets, all_rows};

/// What everybody's password is.
pub const PASSWORD: &str = "correct horse battery staple";

/// A whole installation.
pub struct World {
    pub services: Services,
    folder: tempfile::TempDir,
}

/// Declares tests that run on SQLite and on Postgres.
macro_rules! on_both_engines {
    ($(async fn $name:ident($world:ident: World) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story($world: World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story(World::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                story(World::postgres().await).await;
            }
        }
    )+};
}
pub(crate) use on_both_engines;

impl World {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = database::sqlite(folder.path()).await;
        Self::new(db, folder).await
    }

    pub async fn postgres() -> Self {
        Self::new(database::postgres().await, tempfile::tempdir().unwrap()).await
    }

    async fn new(db: castellan::db::Db, folder: tempfile::TempDir) -> Self {
        // 2026-11-22T00:00:00Z. The cheapest parameters that Argon2 takes: tests hash a lot.
        let clock = Clock::fixed(Timestamp(1_795_305_600_000));
        let hasher = Hasher::new(Params::new(8, 1, 1, None).unwrap(), 2);
        let key = Arc::new(setup::take_key(&db, SecretKey::from_bytes([7; 32])).await.unwrap());
        let services = Services { db, clock, hasher, key, refusals: Arc::default(), uses: Arc::default() };
        Self { services, folder }
    }

    /// Whoever runs commands on the machine.
    pub fn operator(&self) -> Ctx {
        Ctx::new(self.services.clone(), Caller::CommandLine, Origin::default())
    }

    /// A stranger.
    pub fn stranger(&self) -> Ctx {
        Ctx::new(self.services.clone(), Caller::Anonymous, Origin::default())
    }

    /// Somebody signed in, with the permissions they have now. Their session is there, because writing looks again.
    pub async fn as_user(&self, user: &User) -> Ctx {
        self.open_session(user).await;
        let mut conn = self.services.db.read().await.unwrap();
        let effective = access::load::effective(&mut conn, user.id, self.services.clock.now()).await.unwrap();
        let signed_in = CallingUser {
            id: user.id,
            name: user.display_name.clone(),
            email: user.email.clone(),
            by: Proof::Session(SessionId(user.id.0)),
            effective,
            bounds: castellan::model::permission::PermissionSet::all(),
            lacks: None,
            proved_at: Some(self.services.clock.now()),
        };
        Ctx::new(self.services.clone(), Caller::User(Box::new(signed_in)), Origin::default())
    }

    async fn open_session(&self, user: &User) {
        let now = self.services.clock.now();
        let sql =
            "insert into sessions (id, token_hash, user_id, created_at, expires_at, last_seen_at, idle, proved_at)
            values ($1, $2, $3, $4, $5, $4, 315360000000, $4)
            on conflict (id) do update set created_at = excluded.created_at, expires_at = excluded.expires_at,
                last_seen_at = excluded.last_seen_at";
        let mut tx = self.services.db.begin().await.unwrap();
        macro_rules! insert {
            ($c:expr) => {
                sqlx::query(sql)
                    .bind(user.id)
                    .bind(user.id.0.as_bytes().to_vec())
                    .bind(user.id)
                    .bind(now)
                    .bind(Timestamp(i64::MAX))
                    .execute($c)
                    .await
                    .map(drop)
            };
        }
        let inserted = match tx.driver() {
            castellan::db::Driver::Sqlite(c) => insert!(c),
            castellan::db::Driver::Postgres(c) => insert!(c),
        };
        // Somebody who isn't there has no session, and learns that when they write.
        if inserted.is_ok() {
            tx.commit().await.unwrap();
        }
    }

    /// Sets up with ada as the first administrator.
    pub async fn set_up(&self) -> User {
        setup::on_command_line(&self.operator(), person("ada", "Lovelace")).await.unwrap().0
    }

    /// A user with a password.
    pub async fn add(&self, first: &str, last: &str) -> User {
        changes::add_user(&self.operator(), person(first, last)).await.unwrap()
    }

    /// A user with a role.
    pub async fn add_with_role(&self, first: &str, role: &str) -> User {
        let user = self.add(first, "").await;
        self.give(&user, role).await;
        user
    }

    /// Gives a role, everywhere and without an end.
    pub async fn give(&self, user: &User, role: &str) -> GrantId {
        let terms = NewGrant::lasting(Principal::User(user.id), self.role(role).await, Scope::Everywhere);
        changes::give_access(&self.operator(), &terms).await.unwrap()
    }

    pub async fn role(&self, name: &str) -> RoleId {
        let mut conn = self.services.db.read().await.unwrap();
        roles::store::find_by_name(&mut conn, name, Scope::Everywhere).await.unwrap().unwrap().id
    }

    /// Runs SQL that no action has yet.
    pub async fn execute(&self, sql: &'static str) {
        let mut tx = self.services.db.begin().await.unwrap();
        match tx.driver() {
            castellan::db::Driver::Sqlite(c) => drop(sqlx::query(sql).execute(c).await.unwrap()),
            castellan::db::Driver::Postgres(c) => drop(sqlx::query(sql).execute(c).await.unwrap()),
        }
        tx.commit().await.unwrap();
    }

    /// [`execute`](Self::execute) for a text that a test has made.
    pub async fn execute_text(&self, sql: String) {
        let sql = sqlx::AssertSqlSafe(sql);
        let mut tx = self.services.db.begin().await.unwrap();
        match tx.driver() {
            castellan::db::Driver::Sqlite(c) => drop(sqlx::query(sql).execute(c).await.unwrap()),
            castellan::db::Driver::Postgres(c) => drop(sqlx::query(sql).execute(c).await.unwrap()),
        }
        tx.commit().await.unwrap();
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.services.db.read().await.unwrap();
        match conn.driver() {
            castellan::db::Driver::Sqlite(c) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
            castellan::db::Driver::Postgres(c) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
        }
    }

    pub async fn text(&self, sql: &'static str) -> String {
        let mut conn = self.services.db.read().await.unwrap();
        match conn.driver() {
            castellan::db::Driver::Sqlite(c) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
            castellan::db::Driver::Postgres(c) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
        }
    }

    /// All that the database holds: SQLite's files as they are, Postgres' rows as texts.
    pub async fn dump(&self) -> Vec<u8> {
        let mut conn = self.services.db.read().await.unwrap();
        match conn.driver() {
            castellan::db::Driver::Sqlite(_) => {
                let files = std::fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
                files.flat_map(|path| std::fs::read(path).unwrap()).collect()
            }
            castellan::db::Driver::Postgres(c) => all_rows(c).await,
        }
    }

    /// The application as a browser meets it.
    pub fn router(&self, public_url: &str) -> Router {
        self.router_of(self.site(public_url))
    }

    /// The application as it is seen from the outside at `public_url`.
    pub fn site(&self, public_url: &str) -> Site {
        Site {
            public_url: public_url.into(),
            is_local_only: false,
            has_links: true,
            has_mail: true,
            trusted_proxies: Vec::new(),
            forwarded: Forwarded::default(),
            installation: self.services.key.installation(),
        }
    }

    pub fn router_of(&self, site: Site) -> Router {
        router(AppState::new(self.services.clone(), site, &castellan::SURFACES))
    }

    /// A browser that nobody has signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router("http://localhost"))
    }

    /// A browser that the user has signed in with.
    pub async fn signed_in(&self, user: &User) -> Browser {
        let mut browser = self.browser();
        let answer = browser.post("/signin", &[("email", &user.email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }
}

/// A new user whose address is their first name's.
pub fn person(first: &str, last: &str) -> NewUser {
    let email = format!("{}@example.com", first.to_lowercase());
    let profile = ProfileForm { first_name: first.into(), last_name: last.into(), email, ..ProfileForm::default() };
    NewUser::parse(&NewUserForm { profile, password: PASSWORD.into(), ..NewUserForm::default() }).unwrap()
}

/// A role as a form sends it.
pub fn role_form(name: &str, pattern: &str) -> RoleForm {
    RoleForm { name: name.into(), patterns: vec![pattern.into()], ..RoleForm::default() }
}

/// A group of the root tenant, as a form sends it.
pub fn group_form(name: &str) -> GroupForm {
    GroupForm { name: name.into(), tenant: ROOT_TENANT.to_string(), ..GroupForm::default() }
}
