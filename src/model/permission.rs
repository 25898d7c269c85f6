//! The permission catalogue: one table that names every permission and says what it allows.

use std::{collections::HashMap, fmt, sync::LazyLock};

/// Declares the catalogue. The order is the order on pages.
macro_rules! catalogue {
    ($($variant:ident $name:literal $sentence:literal)+) => {
        /// Something a caller may be allowed to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission { $(#[doc = $sentence] $variant),+ }

        impl Permission {
            /// Every permission, in the order of pages.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// `noun.action`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it allows, as a sentence for people.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),+ }
            }
        }
    };
}

catalogue! {
    UsersAdd "users.add" "Add people"
    UsersRead "users.read" "See people and their details"
    UsersList "users.list" "List and search people"
    UsersUpdate "users.update" "Change names, e-mail and details"
    UsersUpdateRoles "users.update-roles" "Give and take roles"
    UsersUpdateTenants "users.update-tenants" "Add people to tenants and remove them"
    UsersPasswordReset "users.password-reset" "Make set-password links and set temporary passwords"
    UsersEnable "users.enable" "Enable disabled people"
    UsersDelete "users.delete" "Delete people"
    UsersToken "users.token" "Make tokens for people"
    UsersRevoke "users.revoke" "Disable people, end their sessions and revoke their tokens"
    UsersImpersonate "users.impersonate" "See the console as somebody else"
    RolesAdd "roles.add" "Make roles"
    RolesRead "roles.read" "See roles and what they allow"
    RolesList "roles.list" "List roles"
    RolesUpdate "roles.update" "Change what roles allow"
    RolesDelete "roles.delete" "Delete roles"
    TenantsRead "tenants.read" "See tenants and their settings"
    TenantsList "tenants.list" "List tenants"
    TenantsWrite "tenants.write" "Make and change tenants"
    GroupsAdd "groups.add" "Make groups"
    GroupsRead "groups.read" "See groups and their members"
    GroupsList "groups.list" "List groups"
    GroupsUpdate "groups.update" "Change groups and their members"
    GroupsDelete "groups.delete" "Delete groups"
    CredentialsAdd "credentials.add" "Make client credentials"
    CredentialsRead "credentials.read" "See client credentials"
    CredentialsList "credentials.list" "List client credentials"
    CredentialsUpdate "credentials.update" "Change client credentials and rotate secrets"
    CredentialsDelete "credentials.delete" "Delete client credentials"
    TokensAdd "tokens.add" "Make tokens"
    TokensRead "tokens.read" "See tokens, not their values"
    TokensList "tokens.list" "List tokens"
    TokensReveal "tokens.reveal" "Read the values of account tokens"
    TokensUpdate "tokens.update" "Rename, disable and enable tokens"
    TokensDelete "tokens.delete" "Delete tokens"
    AuditRead "audit.read" "Read the audit log"
    AuditUndo "audit.undo" "Undo recorded changes"
    OutboxRead "outbox.read" "Read mail that is waiting or was sent"
    OutboxResend "outbox.resend" "Send mail again"
    SettingsRead "settings.read" "See settings"
    SettingsWrite "settings.write" "Change settings"
    DataUnmask "data.unmask" "See other people's phone numbers and addresses in full"
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Permission {
    /// The permission of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name)
    }

    /// What it is about: `users` of `users.read`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        self.name().split_once('.').map_or("", |(noun, _)| noun)
    }

    /// The pattern that covers every permission of its noun: `noun.*`.
    #[must_use]
    pub fn family(self) -> String {
        format!("{}.*", self.noun())
    }

    /// Every noun of the catalogue, in the order of pages.
    #[must_use]
    pub fn nouns() -> Vec<&'static str> {
        let mut nouns: Vec<_> = Self::ALL.iter().map(|permission| permission.noun()).collect();
        nouns.dedup();
        nouns
    }

    /// Whether `pattern` (`noun.action`, `noun.*` or `*.*`) covers this permission.
    #[must_use]
    pub fn matches(self, pattern: &str) -> bool {
        match pattern.strip_suffix(".*") {
            Some("*") => true,
            Some(noun) => self.noun() == noun,
            None => self.name() == pattern,
        }
    }
}

/// Whether a text is a pattern that covers something: `noun.action`, `noun.*` or `*.*`.
#[must_use]
pub fn is_pattern(text: &str) -> bool {
    Permission::ALL.iter().any(|permission| permission.matches(text))
}

/// What each pattern covers: every request asks, so it is worked out once.
static COVERED: LazyLock<HashMap<String, PermissionSet>> = LazyLock::new(|| {
    let names = Permission::ALL.iter().map(|permission| permission.name().to_owned());
    let families = Permission::nouns().into_iter().map(|noun| format!("{noun}.*"));
    let patterns = names.chain(families).chain(["*.*".to_owned()]);
    let covers = |pattern: &str| {
        let covered = Permission::ALL.iter().filter(|permission| permission.matches(pattern));
        let future = PermissionSet(future(pattern));
        covered.fold(future, |set, permission| set.union(PermissionSet::of(*permission)))
    };
    patterns.map(|pattern| (pattern.clone(), covers(&pattern))).collect()
});

/// The bits of what a pattern will cover besides what it covers now: one for each noun, and one for nouns to come. They
/// stand after those of the permissions.
fn future(pattern: &str) -> u64 {
    let nouns = Permission::nouns();
    let places = match pattern.strip_suffix(".*") {
        None => 0..0,
        Some("*") => 0..nouns.len() + 1,
        Some(noun) => nouns.iter().position(|one| *one == noun).map_or(0..0, |place| place..place + 1),
    };
    places.fold(0, |bits, place| bits | 1 << (Permission::ALL.len() + place))
}

/// The bits of permissions that there are.
const PRESENT: u64 = (1 << Permission::ALL.len()) - 1;

/// A set of permissions, those of today and those that its patterns will cover: `users.*` is more than every permission
/// about users, or whoever may give each could give away those of a later version. All fits into 64 bits; a test says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// Everything that a pattern of `patterns` covers. Unknown patterns cover nothing.
    pub fn from_patterns<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let covered = patterns.into_iter().filter_map(|pattern| COVERED.get(pattern));
        covered.fold(Self::default(), |set, covered| set.union(*covered))
    }

    /// Every permission there is.
    #[must_use]
    pub fn all() -> Self {
        Self::from_patterns(["*.*"])
    }

    /// Whether the permission is in the set.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// The set that holds one permission.
    #[must_use]
    pub const fn of(permission: Permission) -> Self {
        Self(1 << permission as u64)
    }

    /// What either set holds.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this set holds and `other` doesn't.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What both sets hold.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// None of them.
    pub const NONE: Self = Self(0);

    /// What one of them holds and the other doesn't.
    #[must_use]
    pub const fn differing(self, other: Self) -> Self {
        self.minus(other).union(other.minus(self))
    }

    /// What it holds of one noun.
    #[must_use]
    pub fn of_noun(self, noun: &str) -> Self {
        let theirs = self.iter().filter(|permission| permission.noun() == noun);
        theirs.fold(Self::default(), |set, permission| set.union(Self::of(permission)))
    }

    /// Whether it holds none of today's permissions.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 & PRESENT == 0
    }

    /// How many of today's permissions it holds.
    #[must_use]
    pub const fn len(self) -> u32 {
        (self.0 & PRESENT).count_ones()
    }

    /// Whether it holds all that `other` holds, now and in versions to come.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Its permissions by name; then the patterns of which it holds nothing but what is to come.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        let mut names: Vec<String> = self.iter().map(|permission| permission.name().to_owned()).collect();
        let (nouns, all) = (Permission::nouns(), future("*.*"));
        let to_come = nouns.iter().filter(|noun| self.of_noun(noun).is_empty()).map(|noun| format!("{noun}.*"));
        names.extend(to_come.filter(|pattern| self.0 & future(pattern) != 0 && self.0 & all != all));
        if self.is_empty() && self.0 & all == all {
            names.push("*.*".into());
        }
        names
    }

    /// Each, in the order of pages.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_fits_into_the_set() {
        assert!(Permission::ALL.len() + Permission::nouns().len() < 64);
        assert!(Permission::ALL.iter().all(|p| PermissionSet::all().contains(*p)));
    }

    #[test]
    fn patterns_cover_their_noun_and_nothing_else() {
        let set = PermissionSet::from_patterns(["users.*", "audit.read", "nonsense", "user.*"]);
        assert!(set.contains(Permission::UsersDelete) && set.contains(Permission::AuditRead));
        assert!(!set.contains(Permission::AuditUndo) && !set.contains(Permission::RolesRead));
        assert!(set.covers(PermissionSet::from_patterns(["users.*"])) && !set.covers(PermissionSet::all()));
    }

    #[test]
    fn a_pattern_is_more_than_all_that_it_covers_today() {
        let singles =
            |noun: &str| Permission::ALL.iter().filter(|p| p.noun() == noun).map(|p| p.name()).collect::<Vec<_>>();
        let (each, pattern) =
            (PermissionSet::from_patterns(singles("users")), PermissionSet::from_patterns(["users.*"]));
        assert!(pattern.covers(each) && !each.covers(pattern));
        assert_eq!((each.len(), each.iter().count()), (pattern.len(), pattern.iter().count()));
        assert_eq!(pattern.minus(each).names(), ["users.*"]);
        assert!(pattern.minus(each).is_empty(), "nobody may more by it today");
        let every_noun = PermissionSet::from_patterns(COVERED.keys().map(String::as_str).filter(|p| *p != "*.*"));
        assert!(!every_noun.covers(PermissionSet::all()));
    }
}
