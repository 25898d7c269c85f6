//! Tenants, and who belongs to them.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::would;
use super::{Answer, form::Form};
use crate::model::{
    forms::{MembershipForm, TenantForm},
    id::{TenantId, UserId},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        parse::Email,
        tenants::{
            commands,
            input::{MembershipUpdate, NewTenant, TenantUpdate},
            memberships::{self, leaving, ownership, queries},
        },
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::{error::FieldErrors, permission::Permission},
};

/// Makes a tenant.
#[server(prefix = "/fn", endpoint = "tenants/create", input = Post<Form>)]
pub async fn create_tenant(form: TenantForm) -> Answer {
    let ctx = ctx();
    let tenant = NewTenant::parse(&form)?;
    let tenant = run(&ctx, commands::AddTenant { id: TenantId(ctx.id()), tenant }).await?;
    done(&to(format_args!("/tenants/{}", tenant.id)), Done::TenantMade, 1);
    Ok(())
}

/// Changes what a tenant is.
#[server(prefix = "/fn", endpoint = "tenants/update", input = Post<Form>)]
pub async fn update_tenant(id: TenantId, form: TenantForm) -> Answer {
    let update = TenantUpdate::parse(&form)?;
    run(&ctx(), commands::UpdateTenant { tenant: id, update }).await?;
    done(&to(format_args!("/tenants/{id}")), Done::Saved, 1);
    Ok(())
}

/// Adds somebody to a tenant, by their address.
#[server(prefix = "/fn", endpoint = "tenants/add-member", input = Post<Form>)]
pub async fn add_member(id: TenantId, email: String) -> Answer {
    let ctx = ctx();
    let email = Email::parse(&email).map_err(|message| FieldErrors::one("email", message))?;
    let user = queries::newcomer(&ctx, email.as_str()).await?.id;
    run(&ctx, memberships::commands::AddMembership { user, tenant: id }).await?;
    done(&to(format_args!("/tenants/{id}")), Done::MemberAdded, 1);
    Ok(())
}

/// Says whether a membership counts.
#[server(prefix = "/fn", endpoint = "tenants/set-membership", input = Post<Form>)]
pub async fn set_membership(id: TenantId, user: UserId, form: MembershipForm) -> Answer {
    run(&ctx(), wanted((id, user), &form)?).await?;
    done(&to(format_args!("/tenants/{id}")), Done::Saved, 1);
    Ok(())
}

/// What that would do.
#[server(prefix = "/fn", endpoint = "tenants/set-membership/preview", input = Post<Form>)]
pub async fn preview_set_membership(id: TenantId, user: UserId, form: MembershipForm) -> Answer<String> {
    would(&wanted((id, user), &form)?).await
}

/// Makes a member the owner, in place of whoever is it.
#[server(prefix = "/fn", endpoint = "tenants/make-owner", input = Post<Form>)]
pub async fn make_owner(id: TenantId, user: UserId) -> Answer {
    run(&ctx(), ownership::MakeOwner { user, tenant: id }).await?;
    done(&to(format_args!("/tenants/{id}")), Done::OwnerMade, 1);
    Ok(())
}

/// Takes somebody out of a tenant. Whoever belongs to no other is deleted by it.
#[server(prefix = "/fn", endpoint = "tenants/remove-member", input = Post<Form>)]
pub async fn remove_member(id: TenantId, user: UserId) -> Answer {
    let removed = run(&ctx(), leaving::RemoveMembership::of(user, id)).await?;
    let said = match removed {
        leaving::Removed::Left => Done::MemberRemoved,
        leaving::Removed::Deleted => Done::Deleted,
    };
    done(&to(format_args!("/tenants/{id}")), said, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
fn wanted((tenant, user): (TenantId, UserId), form: &MembershipForm) -> Answer<memberships::commands::SetMembership> {
    let MembershipUpdate { status, version } = MembershipUpdate::parse(form)?;
    Ok(memberships::commands::SetMembership { user, tenant, version, status })
}

#[cfg(feature = "ssr")]
guarded! {
    CreateTenant: Needs(&[Permission::TenantsWrite]);
    UpdateTenant: Needs(&[Permission::TenantsWrite]);
    AddMember: Needs(&[Permission::UsersUpdateTenants, Permission::TenantsRead]);
    SetMembership: Needs(&[Permission::UsersUpdateTenants]);
    PreviewSetMembership: Needs(&[Permission::UsersUpdateTenants]);
    MakeOwner: Needs(&[Permission::UsersUpdateTenants]);
    RemoveMember: Needs(&[Permission::UsersUpdateTenants]);
}
