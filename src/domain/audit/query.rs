//! What is asked of the log, and the SQL that asks it: named things through their indexes, the rest along the log.

use sqlx::{QueryBuilder, query_scalar};

use super::event::Event;
use crate::{
    db::{Conn, on, push_list, statements},
    domain::{action::Action, ctx::Ctx, error::Result, names::fold::folded},
    model::{
        id::{TenantId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    CALLED = "select distinct target_id from events
        where target_key = $1 and (cast($2 as uuid) is null or exists (
            select 1 from tenants_of_events o where o.tenant = $2 and o.event = events.seq)) limit $3";
    /// Where somebody took the chain's end away, what is left is counted by its last row.
    TOTAL = "select coalesce((select seq from event_chain where id = 1), (select max(seq) from events), 0)";
}

/// So many things of one name are looked for as members, too.
const NAMESAKES: i64 = 100;

/// Which events, newest first. The default is all that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Done by one of these users, if any are named.
    pub actors: Vec<UserId>,
    /// Done by somebody who was called this then, case and accents aside.
    pub actor_name: Option<String>,
    /// Done by callers of this kind: `user`, `anonymous`, `command_line`, `system`.
    pub actor_kind: Option<String>,
    /// Done to a thing of this kind.
    pub target_kind: Option<String>,
    /// Done to one of the things with these ids, if any are named.
    pub target_ids: Vec<String>,
    /// Done to something that was called this then, case and accents aside, or about it as a member.
    pub target_name: Option<String>,
    /// Done to one of these people, or to a group or a tenant about one of them, if any are named.
    pub about: Vec<UserId>,
    /// What was done.
    pub action: Option<Action>,
    /// One of these was done, if any are named.
    pub actions: &'static [Action],
    /// Concerning this tenant. In a tenant it is that one, whatever is asked.
    pub tenant: Option<TenantId>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Older than the event at this place.
    pub before: Option<i64>,
}

impl EventQuery {
    /// Whether anything narrows the log.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        Self { before: None, ..self.clone() } != Self::default()
    }

    /// Whether it names somebody or something, of which there are few events.
    fn is_named(&self) -> bool {
        let ids = [self.actors.is_empty(), self.about.is_empty(), self.target_ids.is_empty()];
        ids.contains(&false) || self.actor_name.is_some() || self.target_name.is_some()
    }

    /// The tenant along whose events is read.
    fn along_tenant(&self) -> Option<TenantId> {
        self.tenant.filter(|_| !self.is_named())
    }
}

/// A query bound to where the caller works, with the ids of what is called as it asks.
pub struct Bound {
    query: EventQuery,
    namesakes: Vec<String>,
    /// The tenant in which the reader works: who did something in another one is not found there.
    here: Option<TenantId>,
}

/// Appends what is read, up to the first condition: along a tenant's own events, or along the log. A tenant's events are
/// many, so what has a name isn't looked for among them. The order is said to SQLite, which else may read the whole log.
macro_rules! push_from {
    ($builder:expr, $bound:expr) => {
        match $bound.query.along_tenant() {
            Some(tenant) => $builder
                .push(" from tenants_of_events o cross join events where events.seq = o.event and o.tenant = ")
                .push_bind(tenant),
            None => $builder.push(" from events where 1 = 1"),
        };
    };
}

/// Appends the query of a page of events.
macro_rules! push_page {
    ($builder:expr, $bound:expr, $limit:expr) => {
        push_from!($builder, $bound);
        push_filter!($builder, $bound);
        let place = if $bound.query.along_tenant().is_some() { "o.event" } else { "seq" };
        if let Some(before) = $bound.query.before {
            $builder.push(" and ").push(place).push(" < ").push_bind(before);
        }
        $builder.push(" order by ").push(place).push(" desc limit ").push_bind($limit as i64);
    };
}

/// Appends the filter to a query; a macro, because the two engines' builders are two types. What is found in two ways
/// is gathered by its id, so that each way has its index; names are found by their keys.
macro_rules! push_filter {
    ($builder:expr, $bound:expr) => {
        let Bound { query, namesakes, here } = $bound;
        if let Some(here) = here.filter(|_| !query.actors.is_empty() || query.actor_name.is_some()) {
            $builder.push(" and coalesce(tenant_id, ").push_bind(here).push(") = ").push_bind(here);
        }
        if !query.actors.is_empty() {
            push_list!($builder, " and actor_id in (", query.actors.iter().copied(), ")");
        }
        if let Some(name) = &query.actor_name {
            $builder.push(" and actor_key = ").push_bind(folded(name));
        }
        if let Some(kind) = &query.actor_kind {
            $builder.push(" and actor_kind = ").push_bind(kind.clone());
        }
        if let Some(kind) = &query.target_kind {
            $builder.push(" and target_kind = ").push_bind(kind.clone());
        }
        if !query.target_ids.is_empty() {
            push_list!($builder, " and target_id in (", query.target_ids.iter().cloned(), ")");
        }
        if let Some(name) = &query.target_name {
            $builder.push(" and id in (select id from events where target_key = ");
            $builder.push_bind(folded(name));
            if !namesakes.is_empty() {
                push_list!(
                    $builder,
                    " union all select id from events where member_id in (",
                    namesakes.iter().cloned(),
                    ")"
                );
            }
            $builder.push(")");
        }
        if !query.about.is_empty() {
            let ids = || query.about.iter().map(ToString::to_string);
            push_list!(
                $builder,
                " and id in (select id from events where target_kind = 'user' and target_id in (",
                ids(),
                ")"
            );
            push_list!($builder, " union all select id from events where member_id in (", ids(), "))");
        }
        if let Some(action) = query.action {
            $builder.push(" and action = ").push_bind(action.name());
        }
        if !query.actions.is_empty() {
            push_list!($builder, " and action in (", query.actions.iter().map(|action| action.name()), ")");
        }
        if let Some(tenant) = query.tenant.filter(|_| query.is_named()) {
            $builder.push(" and exists (select 1 from tenants_of_events o where o.event = events.seq and o.tenant = ");
            $builder.push_bind(tenant).push(")");
        }
        if let Some(from) = query.from {
            $builder.push(" and at >= ").push_bind(from);
        }
        if let Some(until) = query.until {
            $builder.push(" and at < ").push_bind(until);
        }
    };
}

/// At most `limit` events that are asked for, as they are kept.
pub async fn fetch(conn: &mut Conn, bound: &Bound, limit: usize) -> Result<Vec<Event>> {
    Ok(on!(conn, |c| {
        let mut builder = QueryBuilder::new(COLUMNS);
        push_page!(builder, bound, limit);
        builder.build_query_as().fetch_all(c).await?
    }))
}

const COLUMNS: &str = "select id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, tenant_id,
    before, after, address, request_id, undo_data, undo_kind, undo_version, undo_subject, undoes, member_id, seq, format, mac,
    (select u.id from events u where u.undoes = events.id) as undone_by";

/// What SQLite is asked for a page of the events that are wanted, for those who look at how it would do that.
#[must_use]
pub fn sql(query: EventQuery) -> String {
    let bound = Bound { query, namesakes: Vec::new(), here: None };
    let mut builder = QueryBuilder::<sqlx::Sqlite>::new(COLUMNS);
    push_page!(builder, &bound, 1);
    builder.into_string()
}

/// Whoever works in a tenant sees what concerns it, and finds it by what things were called there.
pub async fn bound(ctx: &Ctx, conn: &mut Conn, query: &EventQuery) -> Result<Bound> {
    let query = EventQuery { tenant: ctx.tenant().or(query.tenant), ..query.clone() };
    let namesakes = match &query.target_name {
        None => Vec::new(),
        Some(name) => on!(conn, |c| query_scalar(CALLED)
            .bind(folded(name))
            .bind(ctx.tenant())
            .bind(NAMESAKES)
            .fetch_all(c)
            .await?),
    };
    Ok(Bound { query, namesakes, here: ctx.tenant() })
}

/// How many events are asked for.
pub async fn count(conn: &mut Conn, bound: &Bound) -> Result<i64> {
    if !bound.query.is_filtered() {
        return Ok(on!(conn, |c| query_scalar(TOTAL).fetch_one(c).await?));
    }
    Ok(on!(conn, |c| {
        let mut builder = QueryBuilder::new("select count(*)");
        push_from!(builder, bound);
        push_filter!(builder, bound);
        builder.build_query_scalar().fetch_one(c).await?
    }))
}
