//! What the last action did, said on the page after it, with the way to take it back.

use uuid::Uuid;

use crate::model::words::words;

/// Declares what can have been done: the word in the cookie, whether it can be undone, and the sentence for one
/// and for many.
macro_rules! done {
    ($($variant:ident $word:literal $can_be_undone:literal $one:literal $many:literal;)+) => {
        words! {
            /// What the last action did.
            Done { $(#[doc = $one] $variant = $word),+ }
        }

        impl Done {
            const fn can_be_undone(self) -> bool {
                match self { $(Self::$variant => $can_be_undone),+ }
            }

            fn sentence(self, n: u64) -> String {
                let (one, many) = match self { $(Self::$variant => ($one, $many)),+ };
                if n == 1 { one.to_owned() } else { many.replace("{n}", &n.to_string()) }
            }
        }
    };
}

done! {
    SetUp "set-up" false "Castellan is set up. Sign in with the account you just made." "";
    PasswordSet "password-set" false "Your password is set. Sign in with it." "";
    Created "created" true "The user is made." "";
    Saved "saved" true "Saved." "";
    Disabled "disabled" true "Disabled. 1 session ended." "Disabled. {n} sessions ended.";
    Enabled "enabled" true "Enabled. They can sign in again." "";
    Deleted "deleted" true "Deleted. You can undo this for 30 days." "";
    Bulk "bulk" true "Done for 1 person." "Done for {n} people.";
    AccessGiven "access-given" true "Access given. It counts from their next request." "";
    AccessToCome "access-to-come" true "Access given. It counts from the moment it begins." "";
    AccessTaken "access-taken" true "Access taken. It no longer counts." "";
    AccessChanged "access-changed" true "Changed. It counts at once." "";
    RoleMade "role-made" true "The role is made." "";
    RoleSaved "role-saved" true "Saved as version 1." "Saved as version {n}.";
    RoleSame "role-same" false "Nothing was changed, so there is no new version." "";
    RoleDeleted "role-deleted" true "The role is deleted. You can undo this for 30 days." "";
    GroupMade "group-made" true "The group is made." "";
    GroupDeleted "group-deleted" true "The group is deleted. You can undo this for 30 days." "";
    MemberAdded "member-added" true "Added. It counts from their next request." "";
    MemberRemoved "member-removed" true "Removed." "";
    TenantMade "tenant-made" false "The tenant is made." "";
    OwnerMade "owner-made" true "The tenant has a new owner." "";
    Undone "undone" true "Undone." "{n} changes undone.";
    Checked "checked" false "The whole log was checked." "";
}

/// What to tell the reader, and the request that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What was done.
    pub sentence: String,
    /// The request that did it, if it can be undone.
    pub undo: Option<Uuid>,
}

impl Done {
    /// For the cookie: the word, how much was touched, and the request.
    #[must_use]
    pub fn encode(self, n: u64, request: Option<Uuid>) -> String {
        let request = request.filter(|_| self.can_be_undone()).map(|id| format!(".{id}")).unwrap_or_default();
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
        let undo = parts.next().and_then(|id| id.parse().ok()).filter(|_| done.can_be_undone());
        Some(Self { sentence: done.sentence(n), undo })
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
        assert_eq!(read(Done::Bulk.encode(3, None)), Notice { sentence: "Done for 3 people.".into(), undo: None });
        assert_eq!(read(Done::SetUp.encode(1, Some(request))).undo, None);
        assert_eq!(Notice::decode("nonsense.1"), None);
    }
}
