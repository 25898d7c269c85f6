//! Folding anew what is stored, after the way of folding has changed: in batches, each a transaction of its own that also
//! notes how far it came, so that it goes on after a kill and several nodes share the work. Searches find meanwhile what
//! the older keys find.

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, query_as};
use uuid::Uuid;

use super::{
    FOLDING,
    address::login,
    fold::folded,
    keys::{UserKeys, tenant_search_key},
    same::same,
};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        settings,
    },
};

const PROGRESS: &str = "folding";
/// Rows of one transaction. Others who want to write wait for one at most.
const BATCH: i64 = 500;

statements! {
    ROLES = "select number as id, name, name_key as one, same_key as two from roles where number > $1
        order by number limit $2";
    GROUPS = "select id, name, name_key as one, same_key as two from groups where id > $1 order by id limit $2";
    CLIENTS = "select id, name, name_key as one, same_key as two from clients where id > $1 order by id limit $2";
    TENANTS = "select id, name, slug as other, name_key as one, search_key as two from tenants where id > $1
        order by id limit $2";
    USERS = "select number as id, display_name as name, first_name as other, last_name as last, login, name_key as one,
            search_key as two
        from users where number > $1 order by number limit $2";
    EVENTS = "select seq as id, actor_name as name, target_name as other, coalesce(actor_key, '') as one,
            coalesce(target_key, '') as two
        from events where seq > $1 order by seq limit $2";
    /// Twins that are there stay as they are.
    SET_LOGIN = "update users set email = case when email = login then $2 else email end, login = $2
        where number = $1 and not exists (select 1 from users u where u.login = $2)";
}

/// What is folded, in this order: few rows that others are compared with come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Stage {
    Roles,
    Groups,
    Clients,
    Tenants,
    Users,
    Events,
    Done,
}

/// How far it came. A place is the id of the last row: a number, or the text of a UUID.
#[derive(Debug, Serialize, Deserialize)]
struct Progress {
    version: u32,
    stage: Stage,
    after: String,
}

impl Progress {
    /// What was noted for this way of folding; for another one everything is before us.
    async fn read(conn: &mut Conn) -> Result<Self> {
        let noted = settings::find(conn, PROGRESS).await?;
        let known = noted.and_then(|text| serde_json::from_str(&text).ok());
        let start = Self { version: FOLDING, stage: Stage::Roles, after: String::new() };
        Ok(known.filter(|known: &Self| known.version == FOLDING).unwrap_or(start))
    }

    fn next(&mut self) {
        self.after.clear();
        self.stage = match self.stage {
            Stage::Roles => Stage::Groups,
            Stage::Groups => Stage::Clients,
            Stage::Clients => Stage::Tenants,
            Stage::Tenants => Stage::Users,
            Stage::Users => Stage::Events,
            Stage::Events | Stage::Done => Stage::Done,
        };
    }
}

/// A row with what its two keys are made of.
#[derive(sqlx::FromRow)]
struct Row<Id> {
    id: Id,
    name: String,
    #[sqlx(default)]
    other: String,
    #[sqlx(default)]
    last: String,
    #[sqlx(default)]
    login: String,
    one: String,
    two: String,
}

/// Folds one batch; says whether there may be more.
pub async fn step(ctx: &Ctx) -> Result<bool> {
    if Progress::read(&mut *ctx.read().await?).await?.stage == Stage::Done {
        return Ok(false);
    }
    let mut tx = ctx.begin().await?;
    // Read again: another node may have gone on meanwhile.
    let mut progress = Progress::read(&mut tx).await?;
    let mut left = BATCH;
    while left > 0 && progress.stage != Stage::Done {
        let (rows, last) = fold(&mut tx, &progress, left).await?;
        match last.filter(|_| rows == left) {
            Some(last) => progress.after = last,
            None => progress.next(),
        }
        left -= rows;
    }
    let text = serde_json::to_string(&progress).map_err(|e| Error::Internal(format!("a note: {e}")))?;
    settings::put(&mut tx, PROGRESS, &text).await?;
    tx.commit().await?;
    Ok(progress.stage != Stage::Done)
}

/// Reads at most `$limit` rows after a place, and writes the keys of those that have others with one statement.
macro_rules! fold {
    ($tx:ident, ($select:ident, $after:expr, $limit:ident), $keys:expr, $update:literal) => {{
        let rows: Vec<Row<_>> = on!($tx, |c| query_as($select).bind($after).bind($limit).fetch_all(c).await?);
        let made =
            rows.iter().map(|row| (row, $keys(row))).filter(|(row, (one, two))| *one != row.one || *two != row.two);
        let made: Vec<_> = made.map(|(row, (one, two))| (row.id, one, two)).collect();
        if !made.is_empty() {
            on!($tx, |c| {
                let mut builder = QueryBuilder::new("with made (id, one, two) as (");
                builder.push_values(&made, |mut row, (id, one, two)| {
                    row.push_bind(*id).push_bind(one).push_bind(two);
                });
                builder.push($update).build().execute(c).await?.rows_affected()
            });
        }
        rows
    }};
}

/// Folds at most `limit` rows of a stage: how many there were, and the last one's place.
async fn fold(tx: &mut Tx, progress: &Progress, limit: i64) -> Result<(i64, Option<String>)> {
    let number: i64 = progress.after.parse().unwrap_or_default();
    let id: Uuid = progress.after.parse().unwrap_or_default();
    Ok(match progress.stage {
        Stage::Roles => seen(&fold!(
            tx,
            (ROLES, number, limit),
            named::<i64>,
            ") update roles set name_key = made.one, same_key = made.two from made where roles.number = made.id"
        )),
        Stage::Groups => seen(&fold!(
            tx,
            (GROUPS, id, limit),
            named::<Uuid>,
            ") update groups set name_key = made.one, same_key = made.two from made where groups.id = made.id"
        )),
        Stage::Clients => seen(&fold!(
            tx,
            (CLIENTS, id, limit),
            named::<Uuid>,
            ") update clients set name_key = made.one, same_key = made.two from made where clients.id = made.id"
        )),
        Stage::Tenants => seen(&fold!(
            tx,
            (TENANTS, id, limit),
            of_tenant,
            ") update tenants set name_key = made.one, search_key = made.two from made where tenants.id = made.id"
        )),
        Stage::Users => seen(&users(tx, number, limit).await?),
        Stage::Events => seen(&fold!(
            tx,
            (EVENTS, number, limit),
            of_event,
            ") update events set actor_key = made.one, target_key = made.two from made where events.seq = made.id"
        )),
        Stage::Done => (0, None),
    })
}

/// The keys of people and, where nobody else has it, the one form of their login.
async fn users(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Row<i64>>> {
    let rows = fold!(
        tx,
        (USERS, after, limit),
        of_user,
        ") update users set name_key = made.one, search_key = made.two from made where users.number = made.id"
    );
    for row in &rows {
        let form = login(&row.login);
        if form != row.login {
            on!(tx, |c| sqlx::query(SET_LOGIN).bind(row.id).bind(&form).execute(c).await?.rows_affected());
        }
    }
    Ok(rows)
}

fn seen<Id: ToString>(rows: &[Row<Id>]) -> (i64, Option<String>) {
    (rows.len() as i64, rows.last().map(|row| row.id.to_string()))
}

fn named<Id>(row: &Row<Id>) -> (String, String) {
    (folded(&row.name), same(&row.name))
}

fn of_tenant(row: &Row<Uuid>) -> (String, String) {
    let key = folded(&row.name);
    let search = tenant_search_key(&key, &row.other);
    (key, search)
}

fn of_user(row: &Row<i64>) -> (String, String) {
    let UserKeys { name, search } = UserKeys::of([&row.name, &row.other, &row.last], &login(&row.login));
    (name, search)
}

fn of_event(row: &Row<i64>) -> (String, String) {
    (folded(&row.name), folded(&row.other))
}
