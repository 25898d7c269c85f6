//! People who hold permissions in every way there is.

use std::{collections::HashMap, sync::Mutex};

use crate::{
    domain::stage::{give, group, lasting, member, put, role, tenant},
    support::{World, changes::*},
};
use castellan::{
    domain::{ctx::Ctx, grants::input::NewGrant, tenants::store::Tenant, users::store::User},
    model::{permission::Permission, principal::Principal, scope::Scope, tenant::MembershipStatus},
};

/// How permissions are held, and where the holder works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// They aren't.
    Nothing,
    /// Directly, everywhere.
    Everywhere,
    /// By a group around a group that the holder is in.
    ThroughGroups,
    /// By a role that allows `noun.*`.
    ByPattern,
    /// In the tenant that the holder works in.
    InTheTenant,
    /// In one tenant by somebody who works in another.
    InAnotherTenant,
    /// In one tenant by somebody who works everywhere.
    InOneTenantOnly,
    /// In the tenant that the holder works in, where their membership doesn't count.
    Inactive,
    /// Until now.
    Ended,
    /// From a moment after now.
    NotBegun,
}

/// Makes each holder once.
pub struct Holders<'a> {
    world: &'a World,
    /// The tenant that everything is tried in.
    pub here: Tenant,
    there: Tenant,
    known: Mutex<HashMap<(Held, Vec<Permission>), Ctx>>,
}

impl<'a> Holders<'a> {
    pub async fn new(world: &'a World) -> Self {
        let (here, there) = (tenant(world, "here").await, tenant(world, "there").await);
        Self { world, here, there, known: Mutex::default() }
    }

    /// Somebody who holds these in this way.
    pub async fn with(&self, held: Held, permissions: &[Permission]) -> Ctx {
        let key = (held, permissions.to_vec());
        if let Some(ctx) = self.known.lock().unwrap().get(&key) {
            return ctx.clone();
        }
        let ctx = self.make(held, permissions).await;
        self.known.lock().unwrap().insert(key, ctx.clone());
        ctx
    }

    async fn make(&self, held: Held, permissions: &[Permission]) -> Ctx {
        let first = format!("holder{}", self.known.lock().unwrap().len());
        let there = matches!(held, Held::InAnotherTenant | Held::InOneTenantOnly);
        let of = if there { &self.there } else { &self.here };
        let user = member(self.world, &first, of).await;
        self.give(held, permissions, (&user, of)).await;
        if held == Held::Inactive {
            let inactive = MembershipStatus::Inactive;
            run(&self.world.operator(), set_membership((user.id, of.id), (inactive, 1))).await.unwrap();
        }
        let inside = matches!(held, Held::InTheTenant | Held::InAnotherTenant | Held::Inactive);
        let works_in = if inside { Scope::Tenant(self.here.id) } else { Scope::Everywhere };
        self.world.as_user(&user).await.working_in(works_in)
    }

    async fn give(&self, held: Held, permissions: &[Permission], (user, of): (&User, &Tenant)) {
        match held {
            Held::Nothing => {}
            Held::ByPattern => self.give_role(user, permissions).await,
            _ => {
                let to = self.reaching(held, user).await;
                for permission in permissions {
                    give(self.world, &self.terms(held, lasting(to, *permission, Scope::Tenant(of.id)))).await;
                }
            }
        }
    }

    /// The user, or a group around a group that they are in.
    async fn reaching(&self, held: Held, user: &User) -> Principal {
        if held != Held::ThroughGroups {
            return Principal::User(user.id);
        }
        let (outer, inner) = (format!("around {}", user.login), format!("of {}", user.login));
        let (outer, inner) = (group(self.world, &outer, &self.here).await, group(self.world, &inner, &self.here).await);
        put(self.world, Principal::Group(inner.id), &outer).await;
        put(self.world, Principal::User(user.id), &inner).await;
        Principal::Group(outer.id)
    }

    fn terms(&self, held: Held, terms: NewGrant) -> NewGrant {
        let now = self.world.services.clock.now();
        match held {
            Held::Everywhere | Held::ThroughGroups => NewGrant { scope: Scope::Everywhere, ..terms },
            Held::Ended => NewGrant { scope: Scope::Everywhere, until: Some(now), ..terms },
            Held::NotBegun => NewGrant { scope: Scope::Everywhere, from: Some(now.plus_seconds(1)), ..terms },
            _ => terms,
        }
    }

    async fn give_role(&self, user: &User, permissions: &[Permission]) {
        let mut patterns: Vec<String> = permissions.iter().map(|p| format!("{}.*", p.noun())).collect();
        patterns.dedup();
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let role = role(&self.world.operator(), &user.login, &patterns).await;
        let to = Principal::User(user.id);
        give(self.world, &NewGrant::lasting(to, role.id, Scope::Everywhere)).await;
    }
}
