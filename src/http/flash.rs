//! What the last action did, for the page after it, with the way to take it back.

use uuid::Uuid;

use crate::{
    domain::{commands::undo, ctx::Ctx},
    model::words::words,
};

/// Declares what can have been done: the word in the cookie, and the sentence for one and for many. What stands in
/// braces gives way to the name of what it was done to, where the log has it.
macro_rules! done {
    ($($variant:ident $word:literal $one:literal $many:literal;)+) => {
        words! {
            /// What the last action did.
            Done { $(#[doc = $one] $variant = $word),+ }
        }

        impl Done {
            fn sentence(self, n: u64) -> String {
                let (one, many) = match self { $(Self::$variant => ($one, $many)),+ };
                if n == 1 || many.is_empty() { one.to_owned() } else { many.replace("{n}", &n.to_string()) }
            }
        }
    };
}

done! {
    SetUp "set-up" "Castellan is set up. Sign in with the account you just made." "";
    PasswordSet "password-set" "Your password is set. Sign in with it." "";
    CameIn "came-in" "You belong to it now. Sign in." "";
    EmailVerified "email-verified" "Your address is confirmed." "";
    PasswordChanged "password-changed" "Your password is changed. Your other sessions ended." "";
    CodeSent "code-sent" "Another code is on its way. The one before it works no more." "";
    ResetAsked "reset-asked" "If there is an account for that address, a link is on its way. Look into the spam folder, too." "";
    AddressChanged "address-changed" "Your address is changed. Sign in with the new one from now on." "";
    AddressKept "address-kept" "You sign in with the address that you had, and every session ended. Set a new password now." "";
    Created "created" "{The user} is added." "";
    Saved "saved" "Saved." "";
    Disabled "disabled" "{The user} is disabled. 1 session ended." "{The user} is disabled. {n} sessions ended.";
    Enabled "enabled" "{The user} is enabled and can sign in again." "";
    Deleted "deleted" "{The user} is deleted. You can restore them for 30 days." "";
    Bulk "bulk" "Done for 1 person." "Done for {n} people.";
    AccessGiven "access-given" "Access given to {them}. It counts from the next request." "";
    AccessToCome "access-to-come" "Access given to {them}. It counts from the moment it begins." "";
    AccessTaken "access-taken" "Access removed from {them}. It no longer counts." "";
    AccessChanged "access-changed" "Access changed for {them}. It counts at once." "";
    RoleMade "role-made" "{The role} is made." "";
    RoleSaved "role-saved" "{The role} is saved as version 1." "{The role} is saved as version {n}.";
    RoleSame "role-same" "Nothing was changed, so there is no new version." "";
    RoleDeleted "role-deleted" "{The role} is deleted. You can restore it for 30 days." "";
    GroupMade "group-made" "{The group} is made." "";
    GroupDeleted "group-deleted" "{The group} is deleted. You can restore it for 30 days." "";
    MemberAdded "member-added" "Added to {it}. It counts from their next request." "";
    MemberRemoved "member-removed" "Removed from {it}." "";
    TenantMade "tenant-made" "{The tenant} is made." "";
    OwnerMade "owner-made" "{The tenant} has a new owner." "";
    Undone "undone" "Undone." "{n} changes undone.";
    Restored "restored" "Restored." "";
    Checked "checked" "The whole log was checked." "";
    Checking "checking" "The log is being checked. You can leave this page." "";
    FactorReset "factor-reset" "{The user} has no second factor any more." "";
    LinkSent "link-sent" "A link is on its way. Look into the spam folder, too." "";
    AddressAsked "address-asked" "Look into the mail of the new address: the link there makes the change. The old one is told, too." "";
    OwnFactorRemoved "own-factor-removed" "You have no second factor any more. Your password is enough to sign in." "";
    TokenDeleted "token-deleted" "The token is deleted. What carries it is refused from now on." "";
    Proved "proved" "Thank you. You aren't asked again for ten minutes." "";
    MailQueued "mail-queued" "It is in the outbox. Once a mail server is set up, it is sent within seconds." "";
    LinkMailed "link-mailed" "A link is on its way by mail. Older ones stop working." "";
    SessionsEnded "sessions-ended" "1 session ended." "{n} sessions ended.";
    Invited "invited" "An invitation is on its way by mail." "";
    TestMailed "test-mailed" "A test mail to you is in the outbox. If it doesn't arrive, its page there says why." "";
    KeyDisabled "key-disabled" "{It} is disabled. It is refused from now on." "";
    KeyEnabled "key-enabled" "{It} is enabled and works again." "";
    KeyDeleted "key-deleted" "{It} is deleted for good." "";
    SecretEnded "secret-ended" "The older secret of {the program} has ended." "";
    PasskeyAdded "passkey-added" "Your passkey is added. You can sign in with it from now on." "";
    PasskeyRemoved "passkey-removed" "The passkey is removed. Nobody signs in with it any more." "";
    Unlocked "unlocked" "Unlocked. They can try to sign in again." "";
}

/// What to tell the reader, and the request that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What was done.
    pub sentence: Sentence,
    /// The request that did it, as long as it may be one that can be taken back.
    pub undo: Option<Uuid>,
    /// What taking it back is called.
    pub way: Way,
}

words! {
    /// The way back from what was done.
    Way {
        /// From most of what can be done.
        Undo = "undo",
        /// From an undo.
        Redo = "redo",
        /// From a deletion.
        Restore = "restore",
    }
}

impl Way {
    /// What its button says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Restore => "Restore",
        }
    }

    /// What is said of something that went it already.
    #[must_use]
    pub const fn past(self) -> &'static str {
        match self {
            Self::Restore => "restored",
            Self::Undo | Self::Redo => "undone",
        }
    }

    /// The way back from an event with this action.
    #[must_use]
    pub fn from_action(action: &str) -> Self {
        if action.ends_with(".delete") { Self::Restore } else { Self::Undo }
    }

    /// What was done by going it.
    #[must_use]
    pub const fn done(self) -> Done {
        match self {
            Self::Restore => Done::Restored,
            Self::Undo | Self::Redo => Done::Undone,
        }
    }
}

/// A sentence around a name, which may be written from right to left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What stands before the name: all of it, where there is none.
    pub before: String,
    /// The name, or the word that stands for it.
    pub name: String,
    /// What stands after the name.
    pub after: String,
}

impl Sentence {
    /// Reads a sentence with its name in braces.
    fn parse(text: &str) -> Self {
        let parts = text.split_once('{').and_then(|(before, rest)| {
            let (name, after) = rest.split_once('}')?;
            Some((before, name, after))
        });
        let (before, name, after) = parts.unwrap_or((text, "", ""));
        Self { before: before.to_owned(), name: name.to_owned(), after: after.to_owned() }
    }
}

impl Done {
    /// For the cookie: the word, how much was touched, and the request.
    #[must_use]
    pub fn encode(self, n: u64, request: Option<Uuid>) -> String {
        let request = request.map(|id| format!(".{id}")).unwrap_or_default();
        format!("{}.{n}{request}", self.word())
    }
}

impl Notice {
    /// Reads the cookie. What can't be read says nothing.
    #[must_use]
    pub fn decode(code: &str) -> Option<Self> {
        let mut parts = code.split('.');
        let done = Done::parse(parts.next()?)?;
        let n = parts.next()?.parse().ok()?;
        let undo = parts.next().and_then(|id| id.parse().ok());
        let way = match done {
            Done::Undone | Done::Restored => Way::Redo,
            Done::Deleted | Done::RoleDeleted | Done::GroupDeleted => Way::Restore,
            _ => Way::Undo,
        };
        Some(Self { sentence: Sentence::parse(&done.sentence(n)), undo, way })
    }

    /// The same as the log has it: with the name, and an undo only where there is something to take back.
    pub async fn checked(mut self, ctx: &Ctx) -> Self {
        let Some(request) = self.undo.take() else {
            return self;
        };
        // A page is worth more than the notice on it.
        if let Ok(summary) = undo::request_summary(ctx, request).await {
            self.undo = Some(request).filter(|_| summary.can_be_undone);
            let place = &mut self.sentence.name;
            if let Some(to) = summary.to.filter(|_| !place.is_empty()) {
                *place = to;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_survives_its_cookie() {
        let request = Uuid::from_u128(7);
        let read = |code: String| Notice::decode(&code).unwrap();
        assert_eq!(read(Done::Bulk.encode(3, Some(request))).undo, Some(request));
        let told = Notice { sentence: Sentence::parse("Done for 3 people."), undo: None, way: Way::Undo };
        assert_eq!(read(Done::Bulk.encode(3, None)), told);
        let ways = [Done::Undone, Done::Restored, Done::GroupDeleted].map(|done| read(done.encode(1, None)).way);
        assert_eq!(ways, [Way::Redo, Way::Redo, Way::Restore]);
        assert_eq!(Notice::decode("nonsense.1"), None);
    }

    #[test]
    fn every_sentence_reads_well_without_a_name() {
        for done in Done::ALL {
            for n in [0, 1, 2] {
                let Sentence { before, name, after } = Sentence::parse(&done.sentence(n));
                let whole = format!("{before}{name}{after}");
                assert!(whole.ends_with('.') && !whole.contains(['{', '}']), "{whole}");
            }
        }
    }
}
