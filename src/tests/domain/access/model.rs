//! Who may do what, in plain loops that share nothing with the access rules.

use crate::support::World;
use castellan::model::{
    id::{GrantId, GroupId, RoleId, TenantId, UserId},
    permission::Permission,
};

pub const USERS: usize = 6;
/// Everywhere, and each tenant by its place in the model.
pub const PLACES: [Option<usize>; 3] = [None, Some(0), Some(1)];

#[derive(Clone)]
pub struct Model {
    pub seed: u64,
    pub tenants: [Tenant; 2],
    pub users: Vec<Person>,
    pub groups: Vec<Group>,
    pub roles: Vec<Role>,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Copy)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: &'static str,
    pub kind: &'static str,
}

#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub disabled: bool,
    /// What bounds their own grants everywhere.
    pub scope: &'static str,
    pub memberships: [Option<&'static str>; 2],
}

#[derive(Clone)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub tenant: usize,
    pub people: Vec<usize>,
    pub groups: Vec<usize>,
}

#[derive(Clone)]
pub struct Role {
    pub id: RoleId,
    pub patterns: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    User(usize),
    Group(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Role(usize),
    /// The built-in role admin, which no scope bounds.
    Admin,
    Permission(Permission),
}

#[derive(Clone)]
pub struct Grant {
    pub id: GrantId,
    pub to: To,
    pub gives: Gives,
    pub tenant: Option<usize>,
    pub from: Option<i64>,
    pub until: Option<i64>,
}

impl Group {
    /// Whether that group is directly in this one.
    pub fn has_inside(&self, model: &Model, inner: GroupId) -> bool {
        self.groups.iter().any(|group| model.groups[*group].id == inner)
    }
}

impl Model {
    /// Gives everything an id.
    pub fn number(&mut self, world: &World) {
        let id = || world.services.clock.id();
        self.tenants.iter_mut().for_each(|tenant| tenant.id = TenantId(id()));
        self.users.iter_mut().for_each(|user| user.id = UserId(id()));
        self.groups.iter_mut().for_each(|group| group.id = GroupId(id()));
        self.roles.iter_mut().for_each(|role| role.id = RoleId(id().simple().to_string()));
        self.grants.iter_mut().for_each(|grant| grant.id = GrantId(id()));
    }

    /// Whether the user may, had nobody disabled them.
    pub fn may(&self, user: usize, permission: Permission, place: Option<usize>, now: i64) -> bool {
        for grant in &self.grants {
            if self.reaches(grant, user)
                && self.gives(grant, permission)
                && Self::runs(grant, now)
                && self.is_for(grant, user, place)
            {
                return true;
            }
        }
        false
    }

    /// Whether somebody who isn't disabled may by what counts in a tenant and not everywhere.
    pub fn may_by(&self, user: usize, permission: Permission, tenant: usize, now: i64) -> bool {
        let of_tenant = |grant: &&Grant| self.is_for(grant, user, Some(tenant)) && !self.is_for(grant, user, None);
        let gives =
            |grant: &Grant| self.reaches(grant, user) && self.gives(grant, permission) && Self::runs(grant, now);
        !self.users[user].disabled && self.grants.iter().filter(of_tenant).any(gives)
    }

    pub fn reaches(&self, grant: &Grant, user: usize) -> bool {
        match grant.to {
            To::User(holder) => holder == user,
            To::Group(group) => self.is_in(user, group),
        }
    }

    /// Groups are only around later ones, so this ends.
    fn is_in(&self, user: usize, group: usize) -> bool {
        let group = &self.groups[group];
        group.people.contains(&user) || group.groups.iter().any(|inner| self.is_in(user, *inner))
    }

    pub fn gives(&self, grant: &Grant, permission: Permission) -> bool {
        match grant.gives {
            Gives::Permission(given) => given == permission,
            Gives::Admin => true,
            Gives::Role(role) => self.roles[role].patterns.iter().any(|pattern| covers(pattern, permission.name())),
        }
    }

    pub fn runs(grant: &Grant, now: i64) -> bool {
        let begun = match grant.from {
            Some(from) => from <= now,
            None => true,
        };
        let over = match grant.until {
            Some(until) => until <= now,
            None => false,
        };
        begun && !over
    }

    /// A grant of a tenant counts there, for active members. One everywhere counts everywhere, unless it is a person's
    /// own and their scope bounds it.
    pub fn is_for(&self, grant: &Grant, user: usize, place: Option<usize>) -> bool {
        let person = &self.users[user];
        let active = |tenant: usize| person.memberships[tenant] == Some("active");
        if let Some(tenant) = grant.tenant {
            return place == Some(tenant) && active(tenant);
        }
        let own = matches!(grant.to, To::User(_)) && grant.gives != Gives::Admin;
        match person.scope {
            "list" if own => place.is_some_and(active),
            "type_test" if own => place.is_some_and(|tenant| self.tenants[tenant].kind == "test"),
            _ => true,
        }
    }

    /// Whether somebody belongs to a tenant, in whatever state.
    pub fn belongs(&self, user: UserId, place: Option<usize>) -> bool {
        let person = self.users.iter().find(|known| known.id == user).unwrap();
        place.is_none_or(|tenant| person.memberships[tenant].is_some())
    }

    /// Everybody who may there and isn't disabled, also without belonging there.
    pub fn holders(&self, permission: Permission, place: Option<usize>, now: i64) -> impl Iterator<Item = UserId> + '_ {
        let listed = move |user: &usize| !self.users[*user].disabled && self.may(*user, permission, place, now);
        (0..self.users.len()).filter(listed).map(|user| self.users[user].id)
    }

    /// Whether a grant to the group, or to one around it, gives this now or later.
    pub fn will_give(&self, group: usize, permission: Permission, place: Option<usize>, now: i64) -> bool {
        self.grants.iter().any(|grant| {
            let to = match grant.to {
                To::User(_) => false,
                To::Group(holder) => self.is_around(holder, group),
            };
            let there = grant.tenant.is_none() || grant.tenant == place;
            to && there && self.gives(grant, permission) && grant.until.is_none_or(|until| until > now)
        })
    }

    pub fn is_around(&self, outer: usize, group: usize) -> bool {
        outer == group || self.groups[outer].groups.iter().any(|inner| self.is_around(*inner, group))
    }
}

fn covers(pattern: &str, permission: &str) -> bool {
    let noun = permission.split('.').next().unwrap();
    pattern == "*.*" || pattern == permission || pattern == format!("{noun}.*")
}
