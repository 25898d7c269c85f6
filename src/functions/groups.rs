//! Groups, and who is in them.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::would;
use super::{Answer, form::Form};
use crate::model::{forms::GroupForm, id::GroupId};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        groups::{
            commands,
            input::{GroupUpdate, NewGroup, NewMember},
            queries, removal,
        },
        parse::seen,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::{error::FieldErrors, forms::GroupMemberForm, permission::Permission},
};

/// Makes a group.
#[server(prefix = "/fn", endpoint = "groups/create", input = Post<Form>)]
pub async fn create_group(form: GroupForm) -> Answer {
    let ctx = ctx();
    let group = NewGroup::parse(&form)?;
    let group = run(&ctx, commands::AddGroup { id: GroupId(ctx.id()), group }).await?;
    done(&to(format_args!("/groups/{}", group.id)), Done::GroupMade, 1);
    Ok(())
}

/// Changes what a group is called.
#[server(prefix = "/fn", endpoint = "groups/update", input = Post<Form>)]
pub async fn update_group(id: GroupId, form: GroupForm) -> Answer {
    let update = GroupUpdate::parse(&form)?;
    run(&ctx(), commands::UpdateGroup { group: id, update }).await?;
    done(&to(format_args!("/groups/{id}")), Done::Saved, 1);
    Ok(())
}

/// Removes a group.
#[server(prefix = "/fn", endpoint = "groups/delete", input = Post<Form>)]
pub async fn delete_group(id: GroupId, version: String) -> Answer {
    run(&ctx(), removal::DeleteGroup { group: id, version: seen(&version)?, unused: false }).await?;
    done(&to("/groups"), Done::GroupDeleted, 1);
    Ok(())
}

/// Puts somebody into a group, by their address.
#[server(prefix = "/fn", endpoint = "groups/add-person", input = Post<Form>)]
pub async fn add_person(id: GroupId, email: String) -> Answer {
    add(id, person(email)).await
}

/// What that would do.
#[server(prefix = "/fn", endpoint = "groups/add-person/preview", input = Post<Form>)]
pub async fn preview_add_person(id: GroupId, email: String) -> Answer<String> {
    would(&adding(id, &person(email)).await?).await
}

/// Puts another group into a group.
#[server(prefix = "/fn", endpoint = "groups/add-group", input = Post<Form>)]
pub async fn add_inner_group(id: GroupId, member_group: String) -> Answer {
    add(id, inner(member_group)?).await
}

/// What that would do.
#[server(prefix = "/fn", endpoint = "groups/add-group/preview", input = Post<Form>)]
pub async fn preview_add_inner_group(id: GroupId, member_group: String) -> Answer<String> {
    would(&adding(id, &inner(member_group)?).await?).await
}

/// Takes somebody or another group out of a group: one of the two is named.
#[server(prefix = "/fn", endpoint = "groups/remove", input = Post<Form>)]
pub async fn remove_from_group(id: GroupId, user: String, member_group: String) -> Answer {
    let ctx = ctx();
    let form = GroupMemberForm { user, member_group, ..GroupMemberForm::default() };
    let member = queries::resolve(&ctx, NewMember::parse(&form)?).await?;
    run(&ctx, commands::RemoveFromGroup { group: id, member }).await?;
    done(&to(format_args!("/groups/{id}")), Done::MemberRemoved, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
fn person(email: String) -> GroupMemberForm {
    GroupMemberForm { email, ..GroupMemberForm::default() }
}

#[cfg(feature = "ssr")]
fn inner(member_group: String) -> Answer<GroupMemberForm> {
    if member_group.is_empty() {
        return Err(FieldErrors::one("member_group", "choose a group").into());
    }
    Ok(GroupMemberForm { member_group, ..GroupMemberForm::default() })
}

#[cfg(feature = "ssr")]
async fn adding(group: GroupId, form: &GroupMemberForm) -> Answer<commands::AddToGroup> {
    let member = queries::resolve(&ctx(), NewMember::parse(form)?).await?;
    Ok(commands::AddToGroup { group, member })
}

#[cfg(feature = "ssr")]
async fn add(group: GroupId, form: GroupMemberForm) -> Answer {
    run(&ctx(), adding(group, &form).await?).await?;
    done(&to(format_args!("/groups/{group}")), Done::MemberAdded, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    CreateGroup: Needs(&[Permission::GroupsAdd]);
    UpdateGroup: Needs(&[Permission::GroupsUpdate]);
    DeleteGroup: Needs(&[Permission::GroupsDelete]);
    AddPerson: Needs(&[Permission::GroupsUpdate, Permission::GroupsRead]);
    PreviewAddPerson: Needs(&[Permission::GroupsUpdate, Permission::GroupsRead]);
    AddInnerGroup: Needs(&[Permission::GroupsUpdate, Permission::GroupsRead]);
    PreviewAddInnerGroup: Needs(&[Permission::GroupsUpdate, Permission::GroupsRead]);
    RemoveFromGroup: Needs(&[Permission::GroupsUpdate]);
}
