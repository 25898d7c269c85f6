//! What whoever answers for a credential should look at: that nobody uses it, that it ends, that it may more than it does.

use crate::model::{
    permission::PermissionSet,
    timestamp::{DAY, Timestamp},
};

/// What isn't used for so many days is likely forgotten.
pub const IDLE_DAYS: i64 = 90;
/// What ends within so many days has to be looked after now.
const SOON_DAYS: i64 = 14;

/// What is looked at of a credential.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Since when it works.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it is locked out.
    pub is_disabled: bool,
    /// Whether whom it acts for is locked out.
    pub owner_disabled: bool,
    /// What it may do at most and was not used for lately; nothing where that can't be made less.
    pub unused: PermissionSet,
}

/// Why a credential needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Whom it acts for is locked out.
    OwnerDisabled,
    /// It is over.
    Ended,
    /// It is over soon.
    EndsSoon,
    /// Nobody used it for long.
    Idle,
    /// It is used, and may do so many things that it isn't used for.
    Unused(u32),
}

impl Life {
    /// Of what acts for nobody, and may do nothing that could be taken from it.
    #[must_use]
    pub fn of(
        (created_at, last_used_at, expires_at): (Timestamp, Option<Timestamp>, Option<Timestamp>),
        disabled_at: Option<Timestamp>,
    ) -> Self {
        let (is_disabled, unused) = (disabled_at.is_some(), PermissionSet::NONE);
        Self { created_at, last_used_at, expires_at, is_disabled, owner_disabled: false, unused }
    }

    /// Whether it is over at `now`.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Why it needs attention. What is locked out needs none: nothing can happen with it.
    #[must_use]
    pub fn reasons(&self, now: Timestamp) -> Vec<Reason> {
        if self.is_disabled {
            return Vec::new();
        }
        let long_ago = now.plus_seconds(-IDLE_DAYS * DAY);
        let is_idle = self.last_used_at.unwrap_or(self.created_at) <= long_ago;
        let is_old = self.created_at <= long_ago;
        let ends_soon = self.expires_at.is_some_and(|end| end <= now.plus_seconds(SOON_DAYS * DAY));
        let reasons = [
            self.owner_disabled.then_some(Reason::OwnerDisabled),
            self.has_ended(now).then_some(Reason::Ended),
            (ends_soon && !self.has_ended(now)).then_some(Reason::EndsSoon),
            is_idle.then_some(Reason::Idle),
            (is_old && !is_idle && !self.unused.is_empty()).then_some(Reason::Unused(self.unused.len())),
        ];
        reasons.into_iter().flatten().collect()
    }
}

impl Reason {
    /// In words, as a part of a sentence.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::OwnerDisabled => "whom it acts for is disabled".into(),
            Self::Ended => "it has ended".into(),
            Self::EndsSoon => format!("it ends within {SOON_DAYS} days"),
            Self::Idle => format!("nobody used it for {IDLE_DAYS} days"),
            Self::Unused(1) => format!("it may do 1 thing that it wasn't used for in {IDLE_DAYS} days"),
            Self::Unused(n) => format!("it may do {n} things that it wasn't used for in {IDLE_DAYS} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_305_600_000);

    fn days(n: i64) -> Timestamp {
        NOW.plus_seconds(n * DAY)
    }

    fn fresh() -> Life {
        Life {
            created_at: days(-1),
            last_used_at: None,
            expires_at: None,
            is_disabled: false,
            owner_disabled: false,
            unused: PermissionSet::all(),
        }
    }

    #[test]
    fn what_is_new_and_lasts_needs_no_attention() {
        assert_eq!(fresh().reasons(NOW), []);
        assert_eq!(Life { expires_at: Some(days(15)), ..fresh() }.reasons(NOW), []);
    }

    #[test]
    fn ends_and_owners_are_looked_at() {
        let ends = |at| Life { expires_at: Some(at), ..fresh() }.reasons(NOW);
        assert_eq!([ends(days(14)), ends(NOW)], [[Reason::EndsSoon], [Reason::Ended]]);
        assert_eq!(Life { owner_disabled: true, ..fresh() }.reasons(NOW), [Reason::OwnerDisabled]);
        let off = Life { is_disabled: true, owner_disabled: true, expires_at: Some(NOW), ..fresh() };
        assert_eq!(off.reasons(NOW), []);
    }

    #[test]
    fn what_nobody_uses_is_idle_and_what_is_used_may_be_too_much() {
        let old = Life { created_at: days(-90), ..fresh() };
        assert_eq!(old.reasons(NOW), [Reason::Idle]);
        let used = Life { last_used_at: Some(days(-89)), ..old };
        assert_eq!(used.reasons(NOW), [Reason::Unused(PermissionSet::all().len())]);
        assert_eq!(Life { unused: PermissionSet::NONE, ..used }.reasons(NOW), []);
        assert_eq!(Life { last_used_at: Some(days(-90)), ..old }.reasons(NOW), [Reason::Idle]);
    }
}
