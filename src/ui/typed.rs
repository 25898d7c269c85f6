//! Forms as the domain reads them, from the names and texts that a browser sent.

use crate::model::{
    fields::Fields,
    forms::{
        GrantForm, GroupForm, GroupMemberForm, MembershipForm, NewUserForm, ProfileForm, RoleForm, RollbackForm,
        TenantForm, UserForm,
    },
};

fn text(fields: &Fields, name: &str) -> String {
    fields.text(name).to_owned()
}

fn all(fields: &Fields, name: &str) -> Vec<String> {
    fields.all(name).map(str::to_owned).collect()
}

/// Declares how a form is filled: its fields from the texts of these names.
macro_rules! filled_from {
    ($($form:ident { $($field:ident: $read:ident $name:literal),+ $(,)? })+) => {$(
        impl From<&Fields> for $form {
            fn from(fields: &Fields) -> Self {
                Self { $($field: $read(fields, $name)),+ }
            }
        }
    )+};
}

fn profile(fields: &Fields, _: &str) -> ProfileForm {
    fields.into()
}

filled_from! {
    ProfileForm {
        first_name: text "first_name", last_name: text "last_name", display_name: text "display_name",
        email: text "email", contact: text "contact", phone: text "phone", locale: text "locale",
    }
    NewUserForm { profile: profile "", password: text "password", roles: all "role", counts: text "counts", tenant: text "tenant" }
    UserForm { profile: profile "", version: text "version" }
    RoleForm {
        name: text "name", description: text "description", patterns: all "pattern", reason: text "reason",
        version: text "version",
    }
    RollbackForm { to: text "to", reason: text "reason", version: text "version" }
    GroupForm { name: text "name", description: text "description", tenant: text "tenant", version: text "version" }
    GroupMemberForm { email: text "email", user: text "user", member_group: text "member_group" }
    TenantForm {
        name: text "name", slug: text "slug", kind: text "kind", type_: text "type", parent: text "parent",
        version: text "version",
    }
    MembershipForm { status: text "status", version: text "version" }
    GrantForm {
        user: text "user", group: text "group", role: text "role", permission: text "permission",
        tenant: text "tenant", from: text "from", lasts: text "lasts", until: text "until", reason: text "reason",
        version: text "version",
    }
}
