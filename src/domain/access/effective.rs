//! What somebody may do, by where.

use std::collections::BTreeMap;

use crate::model::{
    id::TenantId,
    permission::{Permission, PermissionSet},
    scope::Scope,
};

/// Where something may be done: what is asked about is bounded by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In the whole installation.
    Everywhere,
    /// In these tenants.
    Tenants(Vec<TenantId>),
}

/// Permissions held everywhere, and those held in single tenants besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectivePermissions {
    everywhere: PermissionSet,
    tenants: BTreeMap<TenantId, PermissionSet>,
}

impl EffectivePermissions {
    /// Everything, everywhere.
    #[must_use]
    pub fn all() -> Self {
        Self { everywhere: PermissionSet::all(), tenants: BTreeMap::new() }
    }

    /// What one grant gives.
    #[must_use]
    pub fn of(scope: Scope, given: PermissionSet) -> Self {
        let mut effective = Self::default();
        effective.add(scope, given);
        effective
    }

    /// Adds what one grant gives.
    pub fn add(&mut self, scope: Scope, given: PermissionSet) {
        match scope {
            _ if given == PermissionSet::default() => {}
            Scope::Everywhere => self.everywhere = self.everywhere.union(given),
            Scope::Tenant(tenant) => {
                let held = self.tenants.entry(tenant).or_default();
                *held = held.union(given);
            }
        }
    }

    /// What may be done there: what is held everywhere is held in every tenant.
    #[must_use]
    pub fn at(&self, scope: Scope) -> PermissionSet {
        let here = scope.tenant().and_then(|tenant| self.tenants.get(&tenant)).copied().unwrap_or_default();
        self.everywhere.union(here)
    }

    /// All that is held somewhere.
    #[must_use]
    pub fn anywhere(&self) -> PermissionSet {
        self.tenants.values().fold(self.everywhere, |all, held| all.union(*held))
    }

    /// Where one of these is held; `None` where nowhere is.
    #[must_use]
    pub fn reach(&self, any: &[Permission]) -> Option<Reach> {
        let holds = |scope| any.iter().any(|permission| self.at(scope).contains(*permission));
        if holds(Scope::Everywhere) {
            return Some(Reach::Everywhere);
        }
        let tenants: Vec<TenantId> = self.tenants().filter(|tenant| holds(Scope::Tenant(*tenant))).collect();
        (!tenants.is_empty()).then_some(Reach::Tenants(tenants))
    }

    /// Tenants in which something is held that is not held everywhere.
    pub fn tenants(&self) -> impl Iterator<Item = TenantId> {
        self.tenants.keys().copied()
    }

    /// Only what is bound to one tenant.
    #[must_use]
    pub fn only(&self, tenant: TenantId) -> Self {
        let here = self.tenants.get(&tenant).copied();
        Self { everywhere: PermissionSet::default(), tenants: here.map(|set| (tenant, set)).into_iter().collect() }
    }

    /// Only what `bounds` holds of it, and with a tenant only what may be done there.
    #[must_use]
    pub fn within(&self, tenant: Option<TenantId>, bounds: PermissionSet) -> Self {
        if let Some(tenant) = tenant {
            let scope = Scope::Tenant(tenant);
            return Self::of(scope, self.at(scope).intersection(bounds));
        }
        let mut within = Self::of(Scope::Everywhere, self.everywhere.intersection(bounds));
        for (tenant, held) in &self.tenants {
            within.add(Scope::Tenant(*tenant), held.intersection(bounds));
        }
        within
    }

    /// Whether whoever has these may do all that whoever has `other` may.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let covered = |scope| self.at(scope).covers(other.at(scope));
        covered(Scope::Everywhere) && other.tenants().all(|tenant| covered(Scope::Tenant(tenant)))
    }

    /// What of `other` these don't cover, as far as it is seen from `scope`: from inside a tenant, nothing of others.
    #[must_use]
    pub fn lacks(&self, other: &Self, scope: Scope) -> PermissionSet {
        let seen = |tenant: &TenantId| scope.tenant().is_none_or(|here| here == *tenant);
        let places = other.tenants().filter(seen).map(Scope::Tenant).chain([Scope::Everywhere]);
        places.fold(PermissionSet::default(), |all, place| all.union(other.at(place).minus(self.at(place))))
    }
}
