//! What was used since it was last written down.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::model::{
    id::{ClientId, KeyPairId, SessionId, TokenId},
    permission::{Permission, PermissionSet},
    timestamp::Timestamp,
};

/// Credentials that are remembered at once, some 5 MiB. Beyond them nothing is noted until the next writing, a minute later
/// at most: that a program was used is worth less than the memory of the whole server.
const MOST: usize = 50_000;

/// What was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UsedBy {
    /// A token of somebody.
    Token(TokenId),
    /// Client credentials.
    Client(ClientId),
    /// A key pair.
    KeyPair(KeyPairId),
    /// A browser's session.
    Session(SessionId),
}

/// When, from where and for what it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The last time.
    pub at: Timestamp,
    /// From where, the last time that this was known.
    pub from: Option<IpAddr>,
    /// What was asked for with it.
    pub permissions: PermissionSet,
}

impl Use {
    fn and(self, later: Self) -> Self {
        Self {
            at: self.at.max(later.at),
            from: later.from.or(self.from),
            permissions: self.permissions.union(later.permissions),
        }
    }
}

/// All that was used since it was last written down.
#[derive(Debug, Default)]
pub struct Uses(Mutex<HashMap<UsedBy, Use>>);

impl Uses {
    /// Notes a use.
    pub fn note(&self, by: UsedBy, at: Timestamp, from: Option<IpAddr>, permission: Option<Permission>) {
        let permissions = permission.map(PermissionSet::of).unwrap_or_default();
        self.add(by, Use { at, from, permissions });
    }

    /// Takes out what is to be written, in the order of ids: two nodes that write the same never wait for each other.
    pub fn take(&self) -> Vec<(UsedBy, Use)> {
        let mut uses: Vec<_> = std::mem::take(&mut *self.lock()).into_iter().collect();
        uses.sort_unstable_by_key(|(by, _)| *by);
        uses
    }

    /// Puts back what could not be written.
    pub fn put_back(&self, uses: Vec<(UsedBy, Use)>) {
        for (by, earlier) in uses {
            let later = self.lock().remove(&by);
            self.add(by, later.map_or(earlier, |later| earlier.and(later)));
        }
    }

    fn add(&self, by: UsedBy, new: Use) {
        let mut uses = self.lock();
        let known = uses.get(&by).map(|known| known.and(new));
        if known.is_some() || uses.len() < MOST {
            uses.insert(by, known.unwrap_or(new));
        }
    }

    /// Nothing panics while it holds this, and a count that is half done would be no harm.
    fn lock(&self) -> MutexGuard<'_, HashMap<UsedBy, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(number: usize) -> UsedBy {
        UsedBy::Token(TokenId(uuid::Uuid::from_u128(number as u128)))
    }

    #[test]
    fn uses_are_summed_up_taken_once_and_bounded() {
        let (uses, from) = (Uses::default(), Some("192.0.2.7".parse().unwrap()));
        uses.note(token(2), Timestamp(5), from, Some(Permission::UsersRead));
        uses.note(token(2), Timestamp(3), None, Some(Permission::UsersList));
        uses.note(token(1), Timestamp(1), None, None);
        let taken = uses.take();
        let both = PermissionSet::of(Permission::UsersRead).union(PermissionSet::of(Permission::UsersList));
        assert_eq!(taken[1], (token(2), Use { at: Timestamp(5), from, permissions: both }));
        assert_eq!(taken[0].0, token(1));
        assert!(uses.take().is_empty());
        uses.note(token(1), Timestamp(9), None, None);
        uses.put_back(taken);
        assert_eq!(uses.take()[0].1.at, Timestamp(9), "what came meanwhile is later");
        (0..MOST + 10).for_each(|number| uses.note(token(number), Timestamp(1), None, None));
        uses.note(token(0), Timestamp(2), None, None);
        let taken = uses.take();
        assert_eq!((taken.len(), taken[0].1.at), (MOST, Timestamp(2)));
    }
}
