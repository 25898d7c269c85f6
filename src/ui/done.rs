//! What the last action did, said on the page after it, with the way to take it back.

use uuid::Uuid;

use crate::{
    domain::{ctx::Ctx, undo},
    model::words::words,
};

/// Declares what can have been done: the word in the cookie, and the sentence for one and for many.
macro_rules! done {
    ($($variant:ident $word:literal $one:literal $many:literal;)+) => {
        words! {
            /// What the last action did.
            Done { $(#[doc = $one] $variant = $word),+ }
        }

        impl Done {
            fn sentence(self, n: u64) -> String {
                let (one, many) = match self { $(Self::$variant => ($one, $many)),+ };
                if n == 1 { one.to_owned() } else { many.replace("{n}", &n.to_string()) }
            }
        }
    };
}

done! {
    SetUp "set-up" "Castellan is set up. Sign in with the account you just made." "";
    PasswordSet "password-set" "Your password is set. Sign in with it." "";
    Created "created" "The user is made." "";
    Saved "saved" "Saved." "";
    Disabled "disabled" "Disabled. 1 session ended." "Disabled. {n} sessions ended.";
    Enabled "enabled" "Enabled. They can sign in again." "";
    Deleted "deleted" "Deleted. You can undo this for 30 days." "";
    Bulk "bulk" "Done for 1 person." "Done for {n} people.";
    AccessGiven "access-given" "Access given. It counts from their next request." "";
    AccessToCome "access-to-come" "Access given. It counts from the moment it begins." "";
    AccessTaken "access-taken" "Access taken. It no longer counts." "";
    AccessChanged "access-changed" "Changed. It counts at once." "";
    RoleMade "role-made" "The role is made." "";
    RoleSaved "role-saved" "Saved as version 1." "Saved as version {n}.";
    RoleSame "role-same" "Nothing was changed, so there is no new version." "";
    RoleDeleted "role-deleted" "The role is deleted. You can undo this for 30 days." "";
    GroupMade "group-made" "The group is made." "";
    GroupDeleted "group-deleted" "The group is deleted. You can undo this for 30 days." "";
    MemberAdded "member-added" "Added. It counts from their next request." "";
    MemberRemoved "member-removed" "Removed." "";
    TenantMade "tenant-made" "The tenant is made." "";
    OwnerMade "owner-made" "The tenant has a new owner." "";
    Undone "undone" "Undone." "{n} changes undone.";
    Checked "checked" "The whole log was checked." "";
}

/// What to tell the reader, and the request that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What was done.
    pub sentence: String,
    /// The request that did it, as long as it may be one that can be taken back.
    pub undo: Option<Uuid>,
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
        Some(Self { sentence: done.sentence(n), undo })
    }

    /// The same with an undo only where the log says that there is something to take back.
    pub async fn checked(mut self, ctx: &Ctx) -> Self {
        if let Some(request) = self.undo {
            // A page is worth more than the offer on it.
            let offered = undo::is_offered(ctx, request).await.unwrap_or(false);
            self.undo = Some(request).filter(|_| offered);
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
        assert_eq!(read(Done::Bulk.encode(3, None)), Notice { sentence: "Done for 3 people.".into(), undo: None });
        assert_eq!(Notice::decode("nonsense.1"), None);
    }
}
