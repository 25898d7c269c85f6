//! `cargo xtask bench`, second part: what access's answers cost, asked of the library itself on a warm SQLite
//! database of 100,000 users. `-- --users 10000` makes a smaller one.

#![expect(clippy::expect_used, reason = "a bench may fail loudly")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use castellan::{
    db::{DatabaseUrl, Db, Opening},
    demo,
    domain::{
        access::{self, explain::explain},
        calling::Caller,
        clock::Clock,
        commands::{people::add_user, preview::preview, run},
        ctx::{Ctx, Origin, Services},
        grants::{give::GiveAccess, input::NewGrant},
        groups::{
            commands::{AddGroup, AddToGroup},
            input::NewGroup,
        },
        passwords::hasher::Hasher,
        permissions,
        roles::{
            commands::{AddRole, UpdateRole},
            input::{RoleContent, RoleUpdate},
        },
        secrets::SecretKey,
        setup, ulid,
        users::input::NewUser,
    },
    model::{
        forms::{NewUserForm, ProfileForm},
        id::{GrantId, GroupId, ROOT_TENANT, RoleId, UserId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
    },
};

/// Roles of the busy user, and groups nested into each other that give them.
const ROLES: usize = 20;
const GROUPS: usize = 10;
/// People who hold the role of a what-if: as many as it tries at most, and more, which it counts.
const HOLDERS: [usize; 2] = [2_000, 10_000];

#[tokio::main]
async fn main() {
    let users = users();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ctx = installation(folder.path()).await;
    demo::fill(&ctx, u32::try_from(users).expect("a number of users")).await.expect("demo people");
    let busy = busy_user(&ctx).await;
    let mut wide = Vec::new();
    for holders in HOLDERS {
        wide.push(wide_role(&ctx, holders.min(users / 2)).await);
    }
    println!("# The engine on SQLite, {users} users\n\n| Question | median | worst |\n|---|--:|--:|");
    check(&ctx, busy).await;
    who_can(&ctx).await;
    for role in &wide {
        what_if(&ctx, role).await;
    }
}

/// Argument `--users`; cargo's own `--bench` is passed over.
fn users() -> usize {
    let said = std::env::args().skip_while(|argument| argument != "--users").nth(1);
    said.map_or(100_000, |number| number.parse().expect("--users takes a number"))
}

async fn installation(folder: &std::path::Path) -> Ctx {
    let url = DatabaseUrl::Sqlite(folder.join("castellan.db"));
    let db = Db::connect(&url, Opening::Make).await.expect("a database");
    db.migrate().await.expect("the schema");
    let key = Arc::new(SecretKey::from_bytes([7; 32]));
    let (hasher, clock) = (Hasher::default(), Clock::System);
    let services = Services { db, clock, hasher, key, refusals: Arc::default(), uses: Arc::default() };
    let ctx = Ctx::new(services, Caller::CommandLine, Origin::default());
    setup::on_command_line(&ctx, person("ada")).await.expect("set-up");
    ctx
}

fn person(name: &str) -> NewUser {
    let (first_name, email) = (name.to_owned(), format!("{name}@example.com"));
    let profile = ProfileForm { first_name, email, ..ProfileForm::default() };
    let form = NewUserForm { profile, tenant: ROOT_TENANT.to_string(), ..NewUserForm::default() };
    NewUser::parse(&form).expect("a user")
}

/// Somebody with twenty roles through ten groups, each in the next, so that every path is a long one.
async fn busy_user(ctx: &Ctx) -> UserId {
    let user = add_user(ctx, person("busy")).await.expect("a user").id;
    let mut inner: Option<GroupId> = None;
    for n in 0..GROUPS {
        let (name, description) = (format!("Level {n}"), String::new());
        let add = AddGroup { id: GroupId(ctx.id()), group: NewGroup { name, description, tenant: Some(ROOT_TENANT) } };
        let group = run(ctx, add).await.expect("a group").id;
        let member = inner.map_or(Principal::User(user), Principal::Group);
        run(ctx, AddToGroup { group, member }).await.expect("a member");
        for m in 0..ROLES / GROUPS {
            let role = make_role(ctx, &format!("role {n}.{m}"), n * 2 + m).await;
            give(ctx, Principal::Group(group), &role).await;
        }
        inner = Some(group);
    }
    user
}

async fn make_role(ctx: &Ctx, name: &str, from: usize) -> RoleId {
    let patterns = Permission::ALL.iter().cycle().skip(from).take(5).map(|permission| permission.name().to_owned());
    let content = content(name, patterns.collect());
    run(ctx, AddRole { id: ulid::new_role(ctx), content }).await.expect("a role").id
}

fn content(name: &str, patterns: Vec<String>) -> RoleContent {
    RoleContent { name: name.into(), description: String::new(), patterns, reason: String::new() }
}

async fn give(ctx: &Ctx, to: Principal, role: &RoleId) {
    let grant = NewGrant::lasting(to, role.clone(), Scope::Everywhere);
    run(ctx, GiveAccess::new(GrantId(ctx.id()), grant)).await.expect("a grant");
}

/// A role that many people hold directly.
async fn wide_role(ctx: &Ctx, holders: usize) -> RoleId {
    let role = make_role(ctx, &format!("wide {holders}"), 0).await;
    let mut tx = ctx.begin().await.expect("a transaction");
    if let castellan::db::Driver::Sqlite(c) = tx.driver() {
        sqlx::query("insert into grants (id, user_id, role_id, created_at) select randomblob(16), id, $1, 0 from users order by number desc limit $2")
            .bind(&role)
            .bind(holders as i64)
            .execute(&mut *c)
            .await
            .expect("grants");
        let unbound =
            "update users set tenant_scope = 'any' where id in (select user_id from grants where role_id = $1)";
        sqlx::query(unbound).bind(&role).execute(c).await.expect("nobody limited");
    }
    tx.commit().await.expect("a commit");
    role
}

/// The check that every request makes, and one explanation.
async fn check(ctx: &Ctx, user: UserId) {
    let mut conn = ctx.read().await.expect("a connection");
    let mut times = Vec::new();
    for _ in 0..2000 {
        let began = Instant::now();
        let held = access::load::effective(&mut conn, user, ctx.now()).await.expect("effective");
        times.push(began.elapsed());
        assert!(!held.at(Scope::Everywhere).is_empty());
    }
    row("may they? (the check of a request), 20 roles in 10 nested groups", times);
    let mut times = Vec::new();
    for _ in 0..2000 {
        let began = Instant::now();
        let person = access::load::person(&mut conn, user).await.expect("a person");
        let paths = explain(&person, Permission::UsersRead, Scope::Everywhere, ctx.now());
        times.push(began.elapsed());
        assert!(!paths.is_empty());
    }
    row("why may they? the same user", times);
}

async fn who_can(ctx: &Ctx) {
    for permission in [Permission::UsersRead, Permission::UsersDelete] {
        let (mut times, mut total) = (Vec::new(), 0);
        for _ in 0..30 {
            let began = Instant::now();
            total = permissions::who_can(ctx, permission, Scope::Everywhere, "").await.expect("holders").page.total;
            times.push(began.elapsed());
        }
        row(&format!("who may `{permission}`? {total} people, the first page with reasons"), times);
    }
}

async fn what_if(ctx: &Ctx, role: &RoleId) {
    let mut times = Vec::new();
    let mut touched = 0;
    for _ in 0..15 {
        let content = content("wide", vec!["users.read".into(), "audit.undo".into()]);
        let update = UpdateRole { role: role.clone(), update: RoleUpdate { content, version: 1 } };
        let began = Instant::now();
        let effect = preview(ctx, &update).await.expect("an effect");
        times.push(began.elapsed());
        let most = effect.changes.iter().map(|change| change.people).max();
        touched = effect.uncounted.map(|concerned| concerned.people as usize).or(most).unwrap_or_default();
    }
    row(&format!("what if a role changed that concerns {touched} people?"), times);
}

fn row(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("| {what} | {} | {} |", shown(median), shown(worst));
}

fn shown(time: Duration) -> String {
    match time.as_micros() {
        micros @ ..1000 => format!("{micros} µs"),
        micros => format!("{:.1} ms", micros as f64 / 1000.0),
    }
}
