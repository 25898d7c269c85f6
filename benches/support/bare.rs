//! The ceiling: an axum handler without layers, pages or rules that runs the list's SQL over the same kind of pool
//! and answers the same JSON. What lies between it and the real server is what the console itself costs.

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use castellan::{
    db::{DatabaseUrl, Db, Driver, Opening},
    domain::{secrets::token_hash, sessions::store::CallerRow, statements},
    model::{
        id::UserId,
        page::Page,
        timestamp::Moment,
        user::{UserPage, UserRow, UserStatus, initials},
    },
};
use sqlx::{QueryBuilder, SqliteConnection, query_as, query_scalar};
use tokio::{net::TcpListener, runtime::Runtime};

use super::{client::Client, load::Target, page};

const PAGE: usize = 50;
/// The texts that `domain::users::list` puts together, written out.
const BY_NAME: &str = "select id, display_name, login, status, last_sign_in_at, name_key, created_at from users \
    where 1 = 1 and users.kind = 'human' order by name_key asc, id asc limit $1";
const BY_NAME_AFTER: &str = "select id, display_name, login, status, last_sign_in_at, name_key, created_at from users \
    where 1 = 1 and users.kind = 'human' and (name_key, id) > ($1, $2) order by name_key asc, id asc limit $3";
const BY_ID: &str =
    "select id, display_name, login, status, last_sign_in_at, name_key, created_at from users where id = $1";
const BY_LAST_SIGN_IN: &str = "select id, display_name, login, status, last_sign_in_at, name_key, created_at \
    from users where 1 = 1 and users.kind = 'human' order by coalesce(last_sign_in_at, 0) desc, id desc limit $1";
const SEARCH: &str = "select id, display_name, login, status, last_sign_in_at, name_key, created_at from users \
    where 1 = 1 and users.kind = 'human' and number in (select rowid from users_search where users_search match $1) \
    order by name_key asc, id asc limit $2";
const TOTAL: &str = "select cast(coalesce(sum(total), 0) as bigint) from user_totals";
const SEARCH_COUNT: &str = "select count(*) from users_search where users_search match $1";
const SCAN: &str = "select id, display_name, login, status, last_sign_in_at, name_key, created_at from users \
    where 1 = 1 and users.kind = 'human' and search_key like $1 escape '\\' order by name_key asc, id asc limit $2";
const SCAN_COUNT: &str =
    "select count(*) from users where 1 = 1 and users.kind = 'human' and search_key like $1 escape '\\'";
const ROLES: &str = "select e.user_id, (select r.name from roles r where r.id = e.role_id) as name, \
    (select r.number from roles r where r.id = e.role_id) as number from effective_grants e \
    where e.role_id is not null and e.group_id is null and e.user_id in (";

#[derive(Clone)]
struct Bare {
    db: Db,
    /// Whether to find the caller and what they may do first.
    with_caller: bool,
}

/// Both bare servers, of this process.
pub struct Servers {
    pub list: SocketAddr,
    pub with_caller: SocketAddr,
    _runtime: Runtime,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: UserId,
    display_name: String,
    login: String,
    #[sqlx(try_from = "String")]
    status: UserStatus,
    last_sign_in_at: Option<i64>,
    name_key: String,
    created_at: i64,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    sort: String,
    after: String,
}

impl Servers {
    pub fn start(database: &Path) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let url = DatabaseUrl::Sqlite(database.to_owned());
        let serve = |with_caller| {
            runtime.block_on(async {
                let db = Db::connect(&url, Opening::Existing).await.expect("the database");
                let app = Router::new().route("/admin/users/rows", get(rows)).route("/one/{id}", get(one));
                let app = app.with_state(Bare { db, with_caller });
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
                let address = listener.local_addr().expect("an address");
                tokio::spawn(async { axum::serve(listener, app).await });
                address
            })
        };
        let (list, with_caller) = (serve(false), serve(true));
        Self { list, with_caller, _runtime: runtime }
    }
}

/// The same people in the same order, and the same total: or else the two did different work.
pub fn assert_same_answers(targets: &[Target]) {
    let summary = |target: &Target| {
        let mut client = Client::new(target.address, target.headers.first().map(String::as_str));
        let page = page::get(&mut client, &target.path);
        (page.rows.into_iter().map(|row| (row.id, row.roles)).collect::<Vec<_>>(), page.total, page.after)
    };
    let real = summary(&targets[0]);
    assert!(targets.iter().all(|target| summary(target) == real), "{} is answered differently", targets[0].path);
}

async fn rows(
    State(bare): State<Bare>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Json<UserPage>, StatusCode> {
    answer(&bare, &asked, &headers).await.map(Json).map_err(|error| {
        eprintln!("the bare handler: {error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

/// Somebody by their id, as plain as it can be.
async fn one(
    State(bare): State<Bare>,
    axum::extract::Path(id): axum::extract::Path<UserId>,
) -> Result<Json<UserRow>, StatusCode> {
    let find = async {
        let mut conn = bare.db.read().await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let Driver::Sqlite(c) = conn.driver() else { return Err(sqlx::Error::WorkerCrashed) };
        query_as::<_, Row>(BY_ID).bind(id).fetch_one(c).await
    };
    find.await.map(|row| Json(row.shown(&BTreeMap::new()))).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn answer(bare: &Bare, asked: &Asked, headers: &HeaderMap) -> sqlx::Result<UserPage> {
    let mut conn = bare.db.read().await.map_err(|_| sqlx::Error::PoolTimedOut)?;
    let Driver::Sqlite(c) = conn.driver() else { return Err(sqlx::Error::WorkerCrashed) };
    if bare.with_caller {
        find_caller(c, headers).await?;
    }
    let total = total(c, asked).await?;
    let mut rows = list(c, asked, total).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let roles = roles(c, &rows).await?;
    let after = rows.last().filter(|_| more).map(|row| cursor(row, &asked.sort));
    let before = rows.first().filter(|_| !asked.after.is_empty()).map(|row| cursor(row, &asked.sort));
    Ok(Page { rows: rows.into_iter().map(|row| row.shown(&roles)).collect(), total, before, after })
}

async fn find_caller(c: &mut SqliteConnection, headers: &HeaderMap) -> sqlx::Result<()> {
    let cookie = headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = cookie.split_once('=').map_or("", |(_, token)| token);
    let held: Vec<CallerRow> = query_as(statement("sessions", "CALLER"))
        .bind(token_hash(token))
        .bind(0_i64)
        .bind(i64::MAX)
        .bind(None::<uuid::Uuid>)
        .fetch_all(c)
        .await?;
    assert!(held.iter().any(|row| row.patterns.contains("*.*")), "the administrator may do everything");
    Ok(())
}

/// A statement of the program's own list.
fn statement(module: &str, name: &str) -> &'static str {
    let of_module = statements().into_iter().filter(|(found, _)| *found == module);
    of_module.flat_map(|(_, list)| list).find(|found| found.name == name).expect("a statement").sql
}

async fn total(c: &mut SqliteConnection, asked: &Asked) -> sqlx::Result<i64> {
    match asked.q.chars().count() {
        0 => query_scalar(TOTAL).fetch_one(c).await,
        1..3 => query_scalar(SCAN_COUNT).bind(format!("%{}%", asked.q)).fetch_one(c).await,
        _ => query_scalar(SEARCH_COUNT).bind(format!("\"{}\"", asked.q)).fetch_one(c).await,
    }
}

async fn list(c: &mut SqliteConnection, asked: &Asked, total: i64) -> sqlx::Result<Vec<Row>> {
    let limit = PAGE as i64 + 1;
    let everybody: i64 = query_scalar(TOTAL).fetch_one(&mut *c).await?;
    match asked {
        Asked { sort, .. } if sort == "last-sign-in" => query_as(BY_LAST_SIGN_IN).bind(limit).fetch_all(c).await,
        Asked { after, .. } if !after.is_empty() => {
            let (key, id) = place(after);
            query_as(BY_NAME_AFTER).bind(key).bind(id).bind(limit).fetch_all(c).await
        }
        Asked { q, .. } if q.is_empty() => query_as(BY_NAME).bind(limit).fetch_all(c).await,
        Asked { q, .. } if q.len() < 3 || total * 4 > everybody => {
            query_as(SCAN).bind(format!("%{q}%")).bind(limit).fetch_all(c).await
        }
        Asked { q, .. } => query_as(SEARCH).bind(format!("\"{q}\"")).bind(limit).fetch_all(c).await,
    }
}

async fn roles(c: &mut SqliteConnection, rows: &[Row]) -> sqlx::Result<BTreeMap<UserId, Vec<String>>> {
    let mut builder = QueryBuilder::new(ROLES);
    let mut ids = builder.separated(", ");
    for row in rows {
        ids.push_bind(row.id);
    }
    #[expect(clippy::disallowed_methods, reason = "a bare handler has no context")]
    let now = jiff::Timestamp::now().as_millisecond();
    builder.push(") and e.begins <= ").push_bind(now).push(" and e.ends > ").push_bind(now);
    builder.push(" order by number, e.user_id");
    let mut held: Vec<(UserId, String, i64)> = builder.build_query_as().fetch_all(c).await?;
    held.dedup();
    let mut roles = BTreeMap::<UserId, Vec<String>>::new();
    for (user, role, _) in held {
        roles.entry(user).or_default().push(role);
    }
    Ok(roles)
}

fn place(cursor: &str) -> (String, UserId) {
    let json = URL_SAFE_NO_PAD.decode(cursor).expect("a cursor");
    serde_json::from_slice(&json).expect("a cursor")
}

fn cursor(row: &Row, sort: &str) -> String {
    let json = match sort {
        "last-sign-in" => serde_json::to_vec(&(row.last_sign_in_at.unwrap_or(0), row.id)),
        _ => serde_json::to_vec(&(&row.name_key, row.id)),
    };
    URL_SAFE_NO_PAD.encode(json.expect("a cursor"))
}

impl Row {
    fn shown(self, roles: &BTreeMap<UserId, Vec<String>>) -> UserRow {
        UserRow {
            id: self.id,
            initials: initials(&self.display_name),
            name: self.display_name,
            email: self.login,
            status: self.status,
            roles: few(roles.get(&self.id).map_or(&[], Vec::as_slice)),
            created: moment(self.created_at),
            last_sign_in: self.last_sign_in_at.map(moment),
        }
    }
}

/// The first names, and how many there are besides.
fn few(names: &[String]) -> String {
    match names {
        [first, second, others @ ..] if !others.is_empty() => format!("{first}, {second} and {} more", others.len()),
        all => all.join(", "),
    }
}

/// A time in the list's shape, without its words for how long ago it was.
fn moment(milliseconds: i64) -> Moment {
    let exact = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string();
    Moment { label: exact[..10].into(), exact }
}
