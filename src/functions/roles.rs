//! Roles.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::would;
use super::{Answer, form::Form};
use crate::model::{
    forms::{RoleForm, RollbackForm},
    id::RoleId,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        parse::seen,
        roles::{
            commands,
            input::{RoleContent, RoleUpdate, Rollback},
            removal, requiring,
        },
        ulid,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::permission::Permission,
};

/// Makes a role.
#[server(prefix = "/fn", endpoint = "roles/create", input = Post<Form>)]
pub async fn create_role(form: RoleForm) -> Answer {
    let ctx = ctx();
    let content = RoleContent::parse(&form)?;
    let role = run(&ctx, commands::AddRole { id: ulid::new_role(&ctx), content }).await?;
    done(&to(format_args!("/roles/{}", role.id)), Done::RoleMade, 1);
    Ok(())
}

/// Shows the form again, with the permissions that it looks for: nothing is done.
#[server(prefix = "/fn", endpoint = "roles/create/find", input = Post<Form>)]
pub async fn find_for_new_role() -> Answer {
    Ok(())
}

/// What Enter means without a script: it looks for a permission where another was typed than is shown, else it makes the
/// role.
#[server(prefix = "/fn", endpoint = "roles/create/enter", input = Post<Form>)]
pub async fn enter_new_role(form: RoleForm, find: String, found: String) -> Answer {
    if find.trim() == found { create_role(form).await } else { Ok(()) }
}

/// Saves a role as a new version.
#[server(prefix = "/fn", endpoint = "roles/update", input = Post<Form>)]
pub async fn update_role(id: RoleId, form: RoleForm) -> Answer {
    let update = RoleUpdate::parse(&form)?;
    let version = update.version;
    let role = run(&ctx(), commands::UpdateRole { role: id.clone(), update }).await?;
    say_saved(&id, (version, role.version));
    Ok(())
}

/// What saving it would do.
#[server(prefix = "/fn", endpoint = "roles/update/preview", input = Post<Form>)]
pub async fn preview_update_role(id: RoleId, form: RoleForm) -> Answer<String> {
    let update = RoleUpdate::parse(&form)?;
    would(&commands::UpdateRole { role: id, update }).await
}

/// Shows the form again, with the permissions that it looks for: nothing is done.
#[server(prefix = "/fn", endpoint = "roles/update/find", input = Post<Form>)]
pub async fn find_for_role() -> Answer {
    Ok(())
}

/// What Enter means without a script: see [`enter_new_role`].
#[server(prefix = "/fn", endpoint = "roles/update/enter", input = Post<Form>)]
pub async fn enter_role(id: RoleId, form: RoleForm, find: String, found: String) -> Answer {
    if find.trim() == found { update_role(id, form).await } else { Ok(()) }
}

/// Makes a role what it was, as a new version.
#[server(prefix = "/fn", endpoint = "roles/roll-back", input = Post<Form>)]
pub async fn roll_back_role(id: RoleId, form: RollbackForm) -> Answer {
    let Rollback { to, version, reason } = Rollback::parse(&form)?;
    let role = run(&ctx(), commands::RollBackRole { role: id.clone(), to, version, reason }).await?;
    say_saved(&id, (version, role.version));
    Ok(())
}

/// Says whether everybody who has a role needs a second factor.
#[server(prefix = "/fn", endpoint = "roles/require-factor", input = Post<Form>)]
pub async fn require_factor(id: RoleId, required: String) -> Answer {
    let required = required == "yes";
    run(&ctx(), requiring::RequireFactorOfRole { role: id.clone(), required }).await?;
    done(&to(format_args!("/roles/{id}")), Done::Saved, 1);
    Ok(())
}

/// Removes a role.
#[server(prefix = "/fn", endpoint = "roles/delete", input = Post<Form>)]
pub async fn delete_role(id: RoleId, version: String) -> Answer {
    run(&ctx(), removal::DeleteRole { role: id, version: seen(&version)?, unused: false }).await?;
    done(&to("/roles"), Done::RoleDeleted, 1);
    Ok(())
}

/// Says as which version it was saved, if that is a new one.
#[cfg(feature = "ssr")]
fn say_saved(id: &RoleId, (before, now): (i64, i64)) {
    let said = if before == now { Done::RoleSame } else { Done::RoleSaved };
    done(&to(format_args!("/roles/{id}")), said, now.unsigned_abs());
}

#[cfg(feature = "ssr")]
guarded! {
    CreateRole: Needs(&[Permission::RolesAdd]);
    FindForNewRole: Needs(&[Permission::RolesAdd]);
    EnterNewRole: Needs(&[Permission::RolesAdd]);
    UpdateRole: Needs(&[Permission::RolesUpdate, Permission::RolesRead]);
    PreviewUpdateRole: Needs(&[Permission::RolesUpdate, Permission::RolesRead]);
    FindForRole: Needs(&[Permission::RolesUpdate, Permission::RolesRead]);
    EnterRole: Needs(&[Permission::RolesUpdate, Permission::RolesRead]);
    RollBackRole: Needs(&[Permission::RolesUpdate, Permission::RolesRead]);
    RequireFactor: Needs(&[Permission::RolesUpdate]);
    DeleteRole: Needs(&[Permission::RolesDelete]);
}
