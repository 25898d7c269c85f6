//! What contract 000 answers with.

use serde_json::{Value, json};

use crate::{
    domain::{clients::store::Client, clock::exact, groups::store::Group, users::people::Person},
    model::{
        id::{GroupId, TenantId},
        page::Numbered,
        user::SecondFactor,
    },
};

/// Client.
pub fn client(client: &Client, groups: &[GroupId]) -> Value {
    json!({
        "id": client.id,
        "clientId": client.id,
        "name": client.name,
        "role": client.role,
        "serviceIds": client.services(),
        "subscriberGroups": groups,
        "tenantId": client.tenant_id,
        "createdAt": exact(client.created_at),
        "updatedAt": exact(client.updated_at),
    })
}

/// Client with a secret that nobody can read again.
pub fn client_with_secret(made: &Client, groups: &[GroupId], secret: String) -> Value {
    let mut answer = client(made, groups);
    answer["clientSecret"] = secret.into();
    answer
}

/// Group.
pub fn group(group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "description": Some(&group.description).filter(|text| !text.is_empty()),
        "tenantId": group.tenant_id,
        "createdAt": exact(group.created_at),
        "updatedAt": exact(group.updated_at),
    })
}

/// User, as one of a tenant.
pub fn user(person: &Person, tenant: TenantId) -> Value {
    let hints: Value = serde_json::from_str(&person.email_hints).unwrap_or_else(|_| json!({}));
    json!({
        "id": person.id,
        "username": person.login,
        "givenName": person.first_name,
        "familyName": person.last_name,
        "phoneNumber": person.phone,
        "accountRole": person.role,
        "tenantId": tenant,
        "subscriberGroups": person.groups,
        "emailHints": hints,
        "emailVerified": person.email_verified_at.is_some(),
        "mfaEnabled": person.second_factor != SecondFactor::None,
        "primaryAdmin": person.is_owner,
        "passwordTemporary": person.password_temporary,
        "createdAt": exact(person.created_at),
        "updatedAt": exact(person.updated_at),
        "lastLoginAt": person.last_sign_in_at.map(exact),
    })
}

/// User, made of client credentials, which are nobody.
pub fn user_of_client(client: &Client) -> Value {
    json!({
        "id": client.id,
        "username": client.name,
        "givenName": client.name,
        "familyName": "",
        "phoneNumber": null,
        "accountRole": null,
        "tenantId": client.tenant_id,
        "subscriberGroups": [],
        "emailHints": {},
        "emailVerified": true,
        "mfaEnabled": false,
        "primaryAdmin": false,
        "passwordTemporary": false,
        "createdAt": exact(client.created_at),
        "updatedAt": exact(client.updated_at),
        "lastLoginAt": client.last_used_at.map(exact),
    })
}

/// Page; its `size` is how many are in it.
pub fn page(content: Vec<Value>, page: Numbered, total: i64) -> Value {
    json!({
        "number": page.number,
        "size": content.len(),
        "content": content,
        "totalElements": total,
        "totalPages": page.pages(total),
    })
}
