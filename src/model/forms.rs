//! What forms send, each field as it was typed. The domain parses them into types that can't be wrong; the command line
//! fills the same ones from its arguments.

use serde::{Deserialize, Serialize};

/// Names, address, phone and locale of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct ProfileForm {
    pub first_name: String,
    pub last_name: String,
    /// Empty for both names.
    pub display_name: String,
    pub email: String,
    /// Empty for the e-mail address.
    pub contact: String,
    pub phone: String,
    /// Empty for the usual one.
    pub locale: String,
}

/// A new person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct NewUserForm {
    pub profile: ProfileForm,
    /// Empty where they follow a link to set one.
    pub password: String,
    /// Ids of roles; empty texts are none.
    #[serde(rename = "role")]
    pub roles: Vec<String>,
    /// Where the roles count: [`THERE`] or [`EVERYWHERE`].
    pub counts: String,
    /// The id of the tenant they belong to; empty for the active one.
    pub tenant: String,
}

/// A change of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct UserForm {
    pub profile: ProfileForm,
    /// The version that the form was opened with.
    pub version: String,
}

/// Client credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct ClientForm {
    /// The id of the tenant that they belong to.
    pub tenant: String,
    pub name: String,
    pub role: String,
    /// Ids.
    pub services: Vec<String>,
    /// Ids.
    pub groups: Vec<String>,
    /// Addresses and networks that they are taken from; none for everywhere.
    pub allowed_from: Vec<String>,
    /// When they end; empty for never.
    pub expires: String,
}

/// A token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct TokenForm {
    /// `account` or `personal`.
    pub kind: String,
    /// The id of whom it acts for.
    pub user: String,
    /// The id of the tenant that it is bound to; empty for wherever its owner may do something.
    pub tenant: String,
    pub name: String,
    /// What an account token is for, as words of small letters, digits and hyphens.
    pub audience: String,
    /// What an account token says that it may, in the words of whoever takes it.
    pub scopes: String,
    /// Patterns of permissions that it is bound to; none for all that its owner may.
    pub permissions: Vec<String>,
    /// Addresses and networks that it is taken from; none for everywhere.
    pub allowed_from: Vec<String>,
    /// When it ends; empty for never.
    pub expires: String,
}

/// A personal token of whoever makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct OwnTokenForm {
    pub name: String,
    /// `reading`, or empty for all that its owner may.
    pub may: String,
    /// Addresses and networks that it is taken from, with blanks between them; empty for everywhere.
    pub allowed_from: String,
    /// When it ends; empty for never.
    pub expires: String,
}

/// A key pair, or a service key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct KeyForm {
    /// The id of the tenant that it belongs to.
    pub tenant: String,
    pub name: String,
    /// The ids of roles that a service key gets there.
    pub roles: Vec<String>,
    /// Patterns of permissions that it is bound to; none for all that it may have.
    pub permissions: Vec<String>,
    /// Addresses and networks that it is taken from; none for everywhere.
    pub allowed_from: Vec<String>,
    /// When it ends; empty for never.
    pub expires: String,
}

/// What a role is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct RoleForm {
    pub name: String,
    pub description: String,
    #[serde(rename = "pattern")]
    pub patterns: Vec<String>,
    pub reason: String,
    /// The version that the form was opened with; empty for a new role.
    pub version: String,
}

/// A way back to a version of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct RollbackForm {
    pub to: String,
    pub reason: String,
    /// The version that the form was opened with.
    pub version: String,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct GroupForm {
    pub name: String,
    pub description: String,
    /// The id of the tenant that a new one belongs to; empty for the active one.
    pub tenant: String,
    /// The version that the form was opened with; empty for a new group.
    pub version: String,
}

/// Somebody or a group to be put into a group: one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMemberForm {
    /// The address of a person.
    pub email: String,
    /// The id of a person.
    pub user: String,
    /// The id of a group.
    pub member_group: String,
}

/// A tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct TenantForm {
    pub name: String,
    /// Of a new one; it never changes.
    pub slug: String,
    /// Of a new one; it never changes.
    pub kind: String,
    #[serde(rename = "type")]
    pub type_: String,
    /// The id of the tenant above it; empty for none.
    pub parent: String,
    /// The version that the form was opened with; empty for a new tenant.
    pub version: String,
}

/// Whether a membership counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct MembershipForm {
    pub status: String,
    /// The version that the form was opened with.
    pub version: String,
}

/// Access to be given, or how long it shall last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct GrantForm {
    /// The id of the person who gets it, unless a group does.
    pub user: String,
    /// The id of the group that gets it, unless a person does.
    pub group: String,
    /// The id of the role, unless it is one permission.
    pub role: String,
    /// The name of the permission, unless it is a role.
    pub permission: String,
    /// The id of the tenant where it counts, or [`EVERYWHERE`].
    pub tenant: String,
    /// When it begins; empty for at once.
    pub from: String,
    /// Seconds, `until` for the moment in the other field, or empty for no end.
    pub lasts: String,
    pub until: String,
    pub reason: String,
    /// The version that the form was opened with; empty for a new grant.
    pub version: String,
}

/// What is asked of people, beside what it was when the form was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field of a form is what its label says")]
pub struct SettingsForm {
    /// Empty for what is usual.
    pub password_min: String,
    /// From 2 to 4, or empty.
    pub password_kinds: String,
    /// Empty for none.
    pub password_history: String,
    /// Empty for as long as its person likes.
    pub password_days: String,
    /// [`REQUIRED`], or empty.
    pub second_factor: String,
    /// Empty for what is usual.
    pub session_minutes: String,
    /// Empty for what is usual.
    pub idle_minutes: String,
    pub was_password_min: String,
    pub was_password_kinds: String,
    pub was_password_history: String,
    pub was_password_days: String,
    pub was_second_factor: String,
    pub was_session_minutes: String,
    pub was_idle_minutes: String,
}

/// The word of a form for what is required of everybody.
pub const REQUIRED: &str = "required";

/// The word of a form for the tenant that somebody belongs to.
pub const THERE: &str = "there";

/// The word of a form for the whole installation: giving that much is said, never what an empty field means.
pub const EVERYWHERE: &str = "everywhere";
