//! What is said of a change.

use std::sync::Arc;

use super::{gather::Concerned, nothing::Nothing, timeline::Span};
use crate::{
    domain::error::Refused,
    model::{id::UserId, permission::Permission, timestamp::Timestamp},
};

/// So many people of a change are named; the others are counted.
pub const NAMED: usize = 500;

/// Some people, with their names.
pub type Named = Arc<[(UserId, String)]>;

/// So many differences are shown; each costs a question or two while other writers wait.
pub const SHOWN: usize = 500;

/// What a change would do.
#[derive(Clone, Debug)]
pub struct Effect {
    /// When it was asked.
    pub now: Timestamp,
    /// What people gain and lose, losses first, in the order of the catalogue: at most [`SHOWN`].
    pub changes: Vec<Difference>,
    /// How many differences there are besides, which are in single tenants and about few people.
    pub omitted: usize,
    /// People who lose something, now and later.
    pub losing: Touched,
    /// People who gain something, now and later.
    pub gaining: Touched,
    /// Tokens that stop working.
    pub tokens: i64,
    /// Sessions that end.
    pub sessions: i64,
    /// Why nobody gains or loses anything, if that is so.
    pub nothing: Option<Nothing>,
    /// The rule that forbids the change, if one does; then nothing else is said.
    pub refused: Option<Refused>,
    /// What is known where the change is too large to be run; then nothing else is said.
    pub uncounted: Option<Concerned>,
}

/// How many people a change touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// At once.
    pub now: usize,
    /// Later, whether or not at once, too.
    pub later: usize,
}

impl Effect {
    /// Of a change that was not tried yet.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let (changes, nobody) = (Vec::new(), Touched::default());
        Self {
            now,
            changes,
            omitted: 0,
            losing: nobody,
            gaining: nobody,
            tokens: 0,
            sessions: 0,
            nothing: None,
            refused: None,
            uncounted: None,
        }
    }

    /// Of a change that a rule forbids.
    #[must_use]
    pub fn refused(now: Timestamp, rule: Refused) -> Self {
        Self { refused: Some(rule), ..Self::at(now) }
    }

    /// Whether nobody gains or loses anything, now or later.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let silent = self.refused.is_none() && self.uncounted.is_none();
        silent && self.changes.is_empty() && self.tokens == 0 && self.sessions == 0
    }
}

/// When a difference begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct When {
    /// Its moments.
    pub span: Span,
    /// Whether they are those of the first of its people, and others have later ones.
    pub varies: bool,
}

/// Who holds a permission that others lost; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// Nobody.
    Nobody,
    /// Nobody who belongs to the tenant where it was lost, though others may everywhere.
    Outsiders,
    /// Somebody.
    Somebody,
}

/// One permission that people gain or lose.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The permission.
    pub permission: Permission,
    /// The name of the tenant where; `None` for everywhere.
    pub tenant: Option<String>,
    /// Whether they gain it, rather than lose it.
    pub gain: bool,
    /// From when until when.
    pub when: When,
    /// How many people.
    pub people: usize,
    /// A number: differences about the same people have the same.
    pub group: usize,
    /// The people in parts that no other difference divides: the number of each, and how many are in it.
    pub parts: Vec<(usize, usize)>,
    /// The first of them, with their names.
    pub named: Named,
    /// Who is left that holds it there, once it is lost.
    pub left: Left,
}
