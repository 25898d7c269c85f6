//! How the list comes by its rows: from an index, or along the sort order. Both find the same; they cost differently.

use super::totals::Totals;
use crate::{
    db::Conn,
    domain::names::words::Words,
    model::{
        id::TenantId,
        user::{UserQuery, UserSort, UserStatus},
    },
};

/// A trigram index needs three characters to look anything up.
const TRIGRAM: usize = 3;

/// A tenant with a larger share of the installation than one in this many is large.
const LARGE_SHARE: i64 = 20;

/// A search that finds a larger share of the installation than one in this many finds many.
const MANY_SHARE: i64 = 4;

/// Whose users are listed, and how they are found.
pub enum Of {
    Installation,
    /// Few of all: they are gathered and sorted.
    SmallTenant(TenantId),
    /// Many of all: the sort order is walked, and most of what is met belongs.
    LargeTenant(TenantId),
    /// However many: the members themselves are walked, who are in the order of their names.
    MembersByName(TenantId),
}

impl Of {
    /// Of one tenant or of the whole installation.
    pub fn tenant(tenant: Option<TenantId>, totals: &Totals) -> Self {
        match tenant {
            None => Self::Installation,
            Some(tenant) if totals.members() * LARGE_SHARE > totals.all(None) => Self::LargeTenant(tenant),
            Some(tenant) => Self::SmallTenant(tenant),
        }
    }

    /// How a page is best come by: of members in the order of their names, unless few of them are wanted.
    pub fn for_page(self, query: &UserQuery, matching: &Matching) -> Self {
        let many = query.status.is_none_or(|status| status == UserStatus::Active);
        let walked = query.sort == UserSort::Name && many && matches!(matching, Matching::Everyone);
        match self {
            Self::SmallTenant(tenant) | Self::LargeTenant(tenant) if walked => Self::MembersByName(tenant),
            other => other,
        }
    }
}

/// How a search is carried out.
pub enum Matching {
    Everyone,
    /// SQLite's trigram index is asked for the words that are long enough; `rest` are the others, among what it finds.
    Index {
        phrases: String,
        rest: Vec<String>,
        all: Vec<String>,
    },
    /// Patterns: Postgres looks them up in its trigram index, SQLite walks the sort order.
    Scan(Vec<String>),
}

impl Matching {
    /// What is typed, for this engine.
    pub fn of(conn: &Conn, search: &str) -> Self {
        let words = Words::of(search);
        let pairs = || words.iter().zip(words.patterns());
        let is_long = |word: &str| word.chars().count() >= TRIGRAM;
        let all: Vec<String> = pairs().map(|(_, pattern)| pattern.clone()).collect();
        if all.is_empty() {
            return Self::Everyone;
        }
        if !conn.is_sqlite() || !words.iter().any(is_long) {
            return Self::Scan(all);
        }
        let phrase = |word: &str| format!("\"{}\"", word.replace('"', "\"\""));
        let phrases: Vec<String> = words.iter().filter(|word| is_long(word)).map(phrase).collect();
        let rest = pairs().filter(|(word, _)| !is_long(word)).map(|(_, pattern)| pattern.clone()).collect();
        Self::Index { phrases: phrases.join(" AND "), rest, all }
    }

    /// How a page of `found` rows is best come by: where many of all match, a walk along the sort order soon has them.
    pub fn for_page(self, totals: &Totals, found: i64) -> Self {
        match self {
            Self::Index { all, .. } if found * MANY_SHARE > totals.all(None) => Self::Scan(all),
            other => other,
        }
    }
}
