//! Key pairs of tenants.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
#[cfg(feature = "ssr")]
use super::{keys::page_of_tenant, typed};
use crate::model::{forms::KeyForm, id::KeyPairId, once::ToldOnce};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        key_pairs::{commands, credential, input::NewKeyPair, store::KeyPair},
        parse::seen,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::permission::Permission,
};

/// Makes a key pair.
#[server(prefix = "/fn", endpoint = "key-pairs/create", input = Post<Form>)]
pub async fn create_key_pair(form: KeyForm) -> Answer<ToldOnce> {
    let ctx = ctx();
    let (add, secret) = commands::AddKeyPair::prepare(&ctx, NewKeyPair::parse(&typed::key(&ctx, form))?);
    Ok(told(run(&ctx, add).await?, secret))
}

/// Gives it another name.
#[server(prefix = "/fn", endpoint = "key-pairs/rename", input = Post<Form>)]
pub async fn rename_key_pair(id: KeyPairId, name: String, version: String) -> Answer {
    run(&ctx(), credential::RenameKeyPair::parse(id, &name, &version)?).await?;
    done(&to(format_args!("/key-pairs/{id}")), Done::Saved, 1);
    Ok(())
}

/// Locks it out. It can be taken back, so it isn't asked before.
#[server(prefix = "/fn", endpoint = "key-pairs/disable", input = Post<Form>)]
pub async fn disable_key_pair(id: KeyPairId) -> Answer {
    run(&ctx(), credential::DisableKeyPair { id }).await?;
    done(&to(format_args!("/key-pairs/{id}")), Done::KeyDisabled, 1);
    Ok(())
}

/// Lets it in again.
#[server(prefix = "/fn", endpoint = "key-pairs/enable", input = Post<Form>)]
pub async fn enable_key_pair(id: KeyPairId) -> Answer {
    run(&ctx(), credential::EnableKeyPair { id }).await?;
    done(&to(format_args!("/key-pairs/{id}")), Done::KeyEnabled, 1);
    Ok(())
}

/// Gives it another secret.
#[server(prefix = "/fn", endpoint = "key-pairs/rotate", input = Post<Form>)]
pub async fn rotate_key_pair(id: KeyPairId) -> Answer<ToldOnce> {
    let ctx = ctx();
    let (rotate, secret) = commands::RotateKeyPair::prepare(&ctx, id);
    Ok(told(run(&ctx, rotate).await?, secret))
}

/// Removes it.
#[server(prefix = "/fn", endpoint = "key-pairs/delete", input = Post<Form>)]
pub async fn delete_key_pair(id: KeyPairId, version: String) -> Answer {
    let pair = run(&ctx(), credential::DeleteKeyPair { id, version: seen(&version)? }).await?;
    done(&page_of_tenant(Some(pair.tenant_id)), Done::KeyDeleted, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
fn told(pair: KeyPair, secret: String) -> ToldOnce {
    ToldOnce { id: pair.id.to_string(), name: pair.name, key: Some(pair.api_key), secret }
}

#[cfg(feature = "ssr")]
guarded! {
    CreateKeyPair: Needs(&[Permission::CredentialsAdd]);
    RenameKeyPair: Needs(&[Permission::CredentialsUpdate]);
    DisableKeyPair: Needs(&[Permission::CredentialsUpdate]);
    EnableKeyPair: Needs(&[Permission::CredentialsUpdate]);
    RotateKeyPair: Needs(&[Permission::CredentialsUpdate]);
    DeleteKeyPair: Needs(&[Permission::CredentialsDelete]);
}
