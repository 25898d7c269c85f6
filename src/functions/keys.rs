//! Service keys, which are made and deleted with their accounts. The rest is done as with other tokens.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
#[cfg(feature = "ssr")]
use super::{tokens::told, typed};
use crate::model::{forms::KeyForm, id::TokenId, once::ToldOnce};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::service_keys::{NewServiceKey, add_service_key, delete_service_key, service_key},
        parse::seen,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::{id::TenantId, permission::Permission},
};

/// Makes a service key with its account.
#[server(prefix = "/fn", endpoint = "keys/create", input = Post<Form>)]
pub async fn create_key(form: KeyForm) -> Answer<ToldOnce> {
    let ctx = ctx();
    let (key, value) = add_service_key(&ctx, NewServiceKey::parse(&typed::key(&ctx, form))?).await?;
    Ok(told(key, value))
}

/// Removes a service key and its account.
#[server(prefix = "/fn", endpoint = "keys/delete", input = Post<Form>)]
pub async fn delete_key(id: TokenId, version: String) -> Answer {
    let (ctx, version) = (ctx(), seen(&version)?);
    let key = service_key(&ctx, id).await?;
    delete_service_key(&ctx, &key, version).await?;
    done(&page_of_tenant(key.tenant_id), Done::KeyDeleted, 1);
    Ok(())
}

/// Where the keys of a tenant are listed, for whoever may look there.
#[cfg(feature = "ssr")]
pub fn page_of_tenant(tenant: Option<TenantId>) -> String {
    match tenant.filter(|_| ctx().may(Permission::TenantsRead)) {
        Some(tenant) => to(format_args!("/tenants/{tenant}")),
        None => to(""),
    }
}

#[cfg(feature = "ssr")]
guarded! {
    CreateKey: Needs(&[Permission::TokensAdd, Permission::UsersAdd, Permission::UsersUpdateRoles]);
    DeleteKey: Needs(&[Permission::TokensDelete, Permission::UsersDelete]);
}
