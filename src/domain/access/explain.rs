//! Why somebody may do something: every way in which a grant reaches them.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    iter,
};

use super::effective::EffectivePermissions;
use crate::model::{
    id::{GrantId, GroupId, RoleId, TenantId, UserId},
    permission::{Permission, PermissionSet},
    scope::Scope,
    timestamp::Timestamp,
};

/// All that decides what one user may do.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// Every group that they are in, directly or through groups in groups.
    pub links: Vec<Link>,
    /// Every grant to them or to one of those groups, running or not.
    pub grants: Vec<Held>,
    /// The names of the tenants where something of it counts.
    pub names: BTreeMap<TenantId, String>,
    /// Where they belong, in whatever state: known where a grant is bounded ([`Held::is_bounded`]).
    pub belongs: Vec<TenantId>,
}

/// A step upwards: the user (`from` is `None`) or a group that they are in is a member of `group`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    /// The member, where it is a group.
    #[sqlx(rename = "member_group_id")]
    pub from: Option<GroupId>,
    /// What it is a member of.
    #[sqlx(rename = "group_id")]
    pub group: GroupId,
    /// The tenant that the group belongs to.
    #[sqlx(rename = "tenant_id")]
    pub tenant: TenantId,
    /// The group's name; `None` for a reader who works in another tenant.
    pub name: Option<String>,
}

/// A grant that reaches a user.
#[derive(Clone, Debug)]
pub struct Held {
    /// The grant.
    pub id: GrantId,
    /// The group it was given to; `None` if to the user directly.
    pub group: Option<GroupId>,
    /// The role it gives, with its name; `None` if it gives one permission.
    pub role: Option<(RoleId, String)>,
    /// The patterns it gives.
    pub patterns: Vec<String>,
    /// What the patterns cover.
    pub gives: PermissionSet,
    /// The tenant it is bound to, with its name; `None` if it was given everywhere.
    pub tenant: Option<(TenantId, String)>,
    /// Where it counts for the user while it runs.
    pub counts: Vec<Scope>,
    /// When it begins.
    pub from: Option<Timestamp>,
    /// When it ends: at this moment it counts no more.
    pub until: Option<Timestamp>,
}

impl Held {
    /// Where the grant was given.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.tenant.as_ref().map(|(tenant, _)| *tenant).into()
    }

    /// Whether it counts at `now`, or will once it begins or the membership is active.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether it was given everywhere and counts in single tenants at most: the user's account is limited to those.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.tenant.is_none() && !self.counts.contains(&Scope::Everywhere)
    }

    /// Whether it has begun and not ended at `now`.
    #[must_use]
    pub fn runs(&self, now: Timestamp) -> bool {
        self.is_alive(now) && self.from.is_none_or(|from| from <= now)
    }

    /// What keeps it from counting there and then; `None` if nothing does.
    #[must_use]
    pub fn idle(&self, scope: Scope, now: Timestamp) -> Option<Idle> {
        match self.from {
            _ if !self.is_alive(now) => Some(Idle::Ended),
            _ if !self.reaches(scope) => Some(Idle::Elsewhere),
            Some(from) if now < from => Some(Idle::Until(from)),
            _ if [Scope::Everywhere, scope].iter().any(|place| self.counts.contains(place)) => None,
            _ if self.is_bounded() => Some(Idle::Bounded),
            _ => Some(Idle::NotMember),
        }
    }

    fn reaches(&self, scope: Scope) -> bool {
        self.scope() == Scope::Everywhere || self.scope() == scope
    }
}

/// What keeps a grant from counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// It has ended.
    Ended,
    /// It is bound to a tenant that was not asked about.
    Elsewhere,
    /// It begins later, at this moment.
    Until(Timestamp),
    /// The user is no active member of the tenant that it is bound to.
    NotMember,
    /// It was given everywhere, and the user's account is limited to tenants that were not asked about.
    Bounded,
}

/// One way in which a permission reaches a user.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    /// The grant at its end.
    pub grant: &'a Held,
    /// The groups between, from the user's own to the one that the grant was given to.
    pub groups: Vec<&'a Link>,
}

impl Person {
    /// What the user may do at `now`, by where.
    #[must_use]
    pub fn effective(&self, now: Timestamp) -> EffectivePermissions {
        let mut effective = EffectivePermissions::default();
        for grant in self.grants.iter().filter(|grant| grant.runs(now)) {
            grant.counts.iter().for_each(|place| effective.add(*place, grant.gives));
        }
        effective
    }

    /// What the user may do now or will be able to, without anybody giving them more: also by grants that begin
    /// later, and in tenants where their membership doesn't count yet.
    #[must_use]
    pub fn potential(&self, now: Timestamp) -> EffectivePermissions {
        let mut effective = EffectivePermissions::default();
        for grant in self.grants.iter().filter(|grant| grant.is_alive(now)) {
            grant.counts.iter().for_each(|place| effective.add(*place, grant.gives));
            match grant.is_bounded() {
                true => self.belongs.iter().for_each(|tenant| effective.add(Scope::Tenant(*tenant), grant.gives)),
                false => effective.add(grant.scope(), grant.gives),
            }
        }
        effective
    }

    /// What the user would hold everywhere if their account were limited to no tenants.
    #[must_use]
    pub fn unbounded(&self, now: Timestamp) -> EffectivePermissions {
        let bounded = self.grants.iter().filter(|grant| grant.is_alive(now) && grant.is_bounded());
        let gives = bounded.fold(PermissionSet::default(), |all, grant| all.union(grant.gives));
        EffectivePermissions::of(Scope::Everywhere, gives)
    }

    /// The links that lead to each group.
    fn links_to(&self) -> HashMap<GroupId, Vec<&Link>> {
        let mut links: HashMap<_, Vec<_>> = HashMap::new();
        for link in &self.links {
            links.entry(link.group).or_default().push(link);
        }
        links
    }
}

/// The shortest way up to `target` from each group that the user is in directly. Sought from the target down, so
/// that it costs what lies below the target, whatever else the user is in.
fn ways_to<'a>(target: GroupId, links_to: &HashMap<GroupId, Vec<&'a Link>>) -> Vec<Vec<&'a Link>> {
    let mut firsts = Vec::new();
    // From each group below the target, the link that is a step nearer to it.
    let mut nearer: HashMap<GroupId, Option<&Link>> = HashMap::from([(target, None)]);
    let mut next = VecDeque::from([target]);
    while let Some(group) = next.pop_front() {
        for link in links_to.get(&group).into_iter().flatten().copied() {
            let Some(member) = link.from else {
                firsts.push(link);
                continue;
            };
            nearer.entry(member).or_insert_with(|| {
                next.push_back(member);
                Some(link)
            });
        }
    }
    let step = |link: &&'a Link| nearer.get(&link.group).copied().flatten();
    firsts.into_iter().map(|first| iter::successors(Some(first), step).collect()).collect()
}

/// Every way in which `permission` reaches the user there and then; none means that they may not.
#[must_use]
pub fn explain(person: &Person, permission: Permission, scope: Scope, now: Timestamp) -> Vec<Path<'_>> {
    ways(person, |grant| grant.gives.contains(permission) && grant.idle(scope, now).is_none())
}

/// Every way in which `permission` would reach the user, but does not there and then, and what keeps it from that.
#[must_use]
pub fn idle(person: &Person, permission: Permission, scope: Scope, now: Timestamp) -> Vec<(Path<'_>, Idle)> {
    let giving = ways(person, |grant| grant.gives.contains(permission));
    giving.into_iter().filter_map(|path| path.grant.idle(scope, now).map(|idle| (path, idle))).collect()
}

/// Every way from one of the grants `wanted` to the user.
fn ways(person: &Person, wanted: impl Fn(&Held) -> bool) -> Vec<Path<'_>> {
    let links_to = person.links_to();
    let paths = |grant: &'_ Held| -> Vec<_> {
        match grant.group {
            None => vec![Vec::new()],
            Some(group) => ways_to(group, &links_to),
        }
    };
    let grants = person.grants.iter().filter(|grant| wanted(grant));
    grants.flat_map(|grant| paths(grant).into_iter().map(move |groups| Path { grant, groups })).collect()
}
