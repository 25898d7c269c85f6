//! Why somebody may do something: every way in which a grant reaches them.

use crate::model::{
    id::{GrantId, GroupId, RoleId, TenantId, UserId},
    permission::{Permission, PermissionSet},
    scope::Scope,
    timestamp::Timestamp,
};

use super::Holdings;

/// All that decides what one user may do.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// Every group that they are in, directly or through groups in groups.
    pub links: Vec<Link>,
    /// Every grant to them or to one of those groups, running or not.
    pub grants: Vec<Held>,
}

/// A step upwards: the user (`from` is `None`) or a group that they are in is a member of `group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The member, where it is a group.
    pub from: Option<GroupId>,
    /// What it is a member of.
    pub group: GroupId,
    /// The tenant that the group belongs to.
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
    /// The tenant it is bound to, with its name; `None` if it counts everywhere.
    pub tenant: Option<(TenantId, String)>,
    /// Whether the user is an active member of that tenant. True without a tenant.
    pub member: bool,
    /// When it begins.
    pub from: Option<Timestamp>,
    /// When it ends: at this moment it counts no more.
    pub until: Option<Timestamp>,
}

impl Held {
    /// Where the grant counts.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.tenant.as_ref().map(|(tenant, _)| *tenant).into()
    }

    /// Whether it counts at `now`, or will once it begins or the membership is active.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether it counts at `now`.
    #[must_use]
    pub fn runs(&self, now: Timestamp) -> bool {
        self.member && self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    fn reaches(&self, scope: Scope) -> bool {
        self.scope() == Scope::Everywhere || self.scope() == scope
    }
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
    pub fn holdings(&self, now: Timestamp) -> Holdings {
        let mut holdings = Holdings::default();
        for grant in self.grants.iter().filter(|grant| grant.runs(now)) {
            holdings.add(grant.scope(), grant.gives);
        }
        holdings
    }

    /// What the user may do now or will be able to, without anybody giving them more: also by grants that begin
    /// later, and in tenants where their membership doesn't count yet.
    #[must_use]
    pub fn potential(&self, now: Timestamp) -> Holdings {
        let mut holdings = Holdings::default();
        for grant in self.grants.iter().filter(|grant| grant.is_alive(now)) {
            holdings.add(grant.scope(), grant.gives);
        }
        holdings
    }

    /// The shortest way up to `target` from each group that the user is in directly.
    fn ways_to(&self, target: GroupId) -> Vec<Vec<&Link>> {
        let direct = self.links.iter().filter(|link| link.from.is_none());
        direct.filter_map(|first| self.shortest(first, target)).collect()
    }

    fn shortest<'a>(&'a self, first: &'a Link, target: GroupId) -> Option<Vec<&'a Link>> {
        let mut ways = vec![vec![first]];
        let mut seen = vec![first.group];
        while !ways.is_empty() {
            if let Some(found) = ways.iter().find(|way| way.last().is_some_and(|link| link.group == target)) {
                return Some(found.clone());
            }
            ways = ways.iter().flat_map(|way| self.longer(way, &mut seen)).collect();
        }
        None
    }

    /// `way` with one step more, in each direction that leads somewhere new.
    fn longer<'a>(&'a self, way: &[&'a Link], seen: &mut Vec<GroupId>) -> Vec<Vec<&'a Link>> {
        let top = way.last().map(|link| link.group);
        let mut longer = Vec::new();
        for step in self.links.iter().filter(|link| link.from.is_some() && link.from == top) {
            if !seen.contains(&step.group) {
                seen.push(step.group);
                longer.push(way.iter().copied().chain([step]).collect());
            }
        }
        longer
    }
}

/// Every way in which `permission` reaches the user there and then; none means that they may not.
#[must_use]
pub fn explain(person: &Person, permission: Permission, scope: Scope, now: Timestamp) -> Vec<Path<'_>> {
    let counts = |grant: &&Held| grant.runs(now) && grant.reaches(scope) && grant.gives.contains(permission);
    let paths = |grant: &'_ Held| -> Vec<_> {
        match grant.group {
            None => vec![Vec::new()],
            Some(group) => person.ways_to(group),
        }
    };
    let grants = person.grants.iter().filter(counts);
    grants.flat_map(|grant| paths(grant).into_iter().map(move |groups| Path { grant, groups })).collect()
}
