//! Whether somebody belongs to a tenant, as a tag.

use leptos::prelude::*;

use crate::model::{tenant::MembershipStatus, user::UserStatus};

/// The status of a membership, or that of the account where that overrides it: whoever is `disabled` may do nothing,
/// however active their membership is.
#[component]
pub fn Standing(membership: MembershipStatus, disabled: bool) -> impl IntoView {
    let (tone, label) = match membership {
        MembershipStatus::Active if disabled => (UserStatus::Disabled.tone(), UserStatus::Disabled.label()),
        MembershipStatus::Active => (membership.tone(), "Active"),
        MembershipStatus::Pending => (membership.tone(), "Pending"),
        MembershipStatus::Inactive => (membership.tone(), "Inactive"),
    };
    view! { <span class=tone>{label}</span> }
}
