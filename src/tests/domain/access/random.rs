//! Random worlds: the same for the same seed.

use crate::support::World;
use castellan::model::{
    id::{GrantId, GroupId, RoleId, TenantId, UserId},
    permission::Permission,
};
use uuid::Uuid;

use super::{
    NOW,
    model::{Gives, Grant, Group, Model, Person, Role, Tenant, To, USERS},
};

/// Until [`Model::number`] gives it one.
const NIL: Uuid = Uuid::nil();
const GROUPS: usize = 6;
const ROLES: usize = 5;
const GRANTS: usize = 30;

/// Marsaglia's xorshift.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn permission(&mut self) -> Permission {
        Permission::ALL[self.below(Permission::ALL.len())]
    }

    /// Moments before, at, between and after those that are asked about.
    fn moment(&mut self) -> Option<i64> {
        let moments = [None, None, Some(-15), Some(-10), Some(-5), Some(0), Some(5), Some(10), Some(15)];
        moments[self.below(moments.len())].map(|offset: i64| NOW + offset)
    }

    fn pattern(&mut self) -> String {
        match self.below(20) {
            0 => "*.*".into(),
            1 => "user.*".into(),
            2..9 => format!("{}.*", self.permission().noun()),
            _ => self.permission().name().into(),
        }
    }

    fn person(&mut self) -> Person {
        let mut membership = || match self.below(10) {
            0..6 => Some("active"),
            6 => Some("pending"),
            7 | 8 => Some("inactive"),
            _ => None,
        };
        let memberships = [membership(), membership()];
        let scope = ["any", "any", "list", "type_test"][self.below(4)];
        Person { id: UserId(NIL), disabled: self.chance(20), scope, memberships }
    }

    /// A group may only be around later ones, so that none is inside itself.
    fn group(&mut self, index: usize) -> Group {
        Group {
            id: GroupId(NIL),
            name: format!("group {index}"),
            tenant: self.below(2),
            people: (0..USERS).filter(|_| self.chance(25)).collect(),
            groups: (index + 1..GROUPS).filter(|_| self.chance(35)).collect(),
        }
    }

    fn role(&mut self) -> Role {
        let mut patterns: Vec<String> = (0..self.below(4)).map(|_| self.pattern()).collect();
        patterns.sort_unstable();
        patterns.dedup();
        Role { id: RoleId(String::new()), patterns }
    }

    fn grant(&mut self) -> Grant {
        let to = if self.chance(40) { To::User(self.below(USERS)) } else { To::Group(self.below(GROUPS)) };
        let gives = match self.below(100) {
            0..3 => Gives::Admin,
            3..75 => Gives::Role(self.below(ROLES)),
            _ => Gives::Permission(self.permission()),
        };
        let tenant = [None, Some(0), Some(1)][self.below(3)];
        Grant { id: GrantId(NIL), to, gives, tenant, from: self.moment(), until: self.moment() }
    }
}

impl Model {
    /// The world of this seed; ids are new every time.
    pub fn random(world: &World, seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut model = Self {
            seed,
            tenants: ["a", "b"].map(|slug| {
                let kind = if random.chance(50) { "test" } else { "production" };
                Tenant { id: TenantId(NIL), slug, kind }
            }),
            users: (0..USERS).map(|_| random.person()).collect(),
            groups: (0..GROUPS).map(|index| random.group(index)).collect(),
            roles: (0..ROLES).map(|_| random.role()).collect(),
            grants: Vec::new(),
        };
        for _ in 0..GRANTS {
            let grant = random.grant();
            let same = |other: &Grant| (other.to, other.gives, other.tenant) == (grant.to, grant.gives, grant.tenant);
            if !model.grants.iter().any(same) {
                model.grants.push(grant);
            }
        }
        model.number(world);
        model
    }
}
