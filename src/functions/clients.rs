//! Client credentials.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::typed;
use super::{Answer, form::Form};
use crate::model::{
    forms::ClientForm,
    id::{ClientId, ClientSecretId},
    once::ToldOnce,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        clients::{commands, credential, input::NewClient, store::Client},
        commands::clients::{add, change},
        parse::seen,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::permission::Permission,
};

/// Makes client credentials. Their secret is in the answer, and in no address and no log.
#[server(prefix = "/fn", endpoint = "clients/create", input = Post<Form>)]
pub async fn create_client(form: ClientForm) -> Answer<ToldOnce> {
    let ctx = ctx();
    let (command, secret) = commands::AddClient::prepare(&ctx, NewClient::parse(&typed::client(&ctx, form))?);
    Ok(told(add(&ctx, command).await?, secret))
}

/// Gives them another name.
#[server(prefix = "/fn", endpoint = "clients/rename", input = Post<Form>)]
pub async fn rename_client(id: ClientId, name: String, version: String) -> Answer {
    change(&ctx(), id, credential::RenameClient::parse(id, &name, &version)?).await?;
    done(&to(format_args!("/clients/{id}")), Done::Saved, 1);
    Ok(())
}

/// Locks them out. It can be taken back, so it isn't asked before.
#[server(prefix = "/fn", endpoint = "clients/disable", input = Post<Form>)]
pub async fn disable_client(id: ClientId) -> Answer {
    change(&ctx(), id, credential::DisableClient { id }).await?;
    done(&to(format_args!("/clients/{id}")), Done::KeyDisabled, 1);
    Ok(())
}

/// Lets them in again.
#[server(prefix = "/fn", endpoint = "clients/enable", input = Post<Form>)]
pub async fn enable_client(id: ClientId) -> Answer {
    change(&ctx(), id, credential::EnableClient { id }).await?;
    done(&to(format_args!("/clients/{id}")), Done::KeyEnabled, 1);
    Ok(())
}

/// Makes another secret beside the newest one.
#[server(prefix = "/fn", endpoint = "clients/rotate", input = Post<Form>)]
pub async fn rotate_client(id: ClientId) -> Answer<ToldOnce> {
    let (command, secret) = commands::RotateClient::prepare(id);
    Ok(told(change(&ctx(), id, command).await?, secret))
}

/// Ends a secret beside which there is another.
#[server(prefix = "/fn", endpoint = "clients/end-secret", input = Post<Form>)]
pub async fn end_client_secret(id: ClientId, secret: ClientSecretId) -> Answer {
    change(&ctx(), id, commands::EndClientSecret { client: id, secret }).await?;
    done(&to(format_args!("/clients/{id}")), Done::SecretEnded, 1);
    Ok(())
}

/// Removes them.
#[server(prefix = "/fn", endpoint = "clients/delete", input = Post<Form>)]
pub async fn delete_client(id: ClientId, version: String) -> Answer {
    change(&ctx(), id, credential::DeleteClient { id, version: seen(&version)? }).await?;
    done(&to("/clients"), Done::KeyDeleted, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
fn told(client: Client, secret: String) -> ToldOnce {
    let id = client.id.to_string();
    ToldOnce { key: Some(id.clone()), id, name: client.name, secret }
}

#[cfg(feature = "ssr")]
guarded! {
    CreateClient: Needs(&[Permission::CredentialsAdd]);
    RenameClient: Needs(&[Permission::CredentialsUpdate]);
    DisableClient: Needs(&[Permission::CredentialsUpdate]);
    EnableClient: Needs(&[Permission::CredentialsUpdate]);
    RotateClient: Needs(&[Permission::CredentialsUpdate]);
    EndClientSecret: Needs(&[Permission::CredentialsUpdate]);
    DeleteClient: Needs(&[Permission::CredentialsDelete]);
}
