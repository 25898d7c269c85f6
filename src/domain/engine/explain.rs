//! Why somebody may do something: every way in which a grant reaches them.

use std::{
    collections::{HashMap, VecDeque},
    iter,
};

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
        self.idle(self.scope(), now).is_none()
    }

    /// What keeps it from counting there and then; `None` if nothing does.
    #[must_use]
    pub fn idle(&self, scope: Scope, now: Timestamp) -> Option<Idle> {
        match self.from {
            _ if !self.is_alive(now) => Some(Idle::Ended),
            _ if !self.reaches(scope) => Some(Idle::Elsewhere),
            Some(from) if now < from => Some(Idle::Until(from)),
            _ if !self.member => Some(Idle::NotMember),
            _ => None,
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
