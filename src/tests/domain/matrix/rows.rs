//! One row for each action: what it needs, and how it is tried.

use crate::{
    domain::stage::{self, allowing, content, give, group, last_id, lasting, member, put, renamed, role, typed},
    support::{PASSWORD, World, changes::*, person},
};
use castellan::{
    demo,
    domain::{
        action::Action,
        audit::{self, query::EventQuery},
        clients::{
            self,
            commands::{AddClient, EndClientSecret, RotateClient},
            credential::{DeleteClient, DisableClient, EnableClient, RenameClient},
            editing::UpdateClient,
            store::Client,
        },
        codes::{self, sending::SendResetLink},
        commands::{
            accounts::{AccountUpdate, update_own},
            own, run_as,
        },
        confirmation::{self, SendActivation, SendVerification},
        ctx::Ctx,
        error::Result,
        grants::{give::ReplaceAccess, input::GrantUpdate},
        groups::{self, input::GroupUpdate, store::Group},
        key_pairs::{
            self,
            commands::{AddKeyPair, RotateKeyPair},
            credential::{DeleteKeyPair, DisableKeyPair, EnableKeyPair, RenameKeyPair},
            store::KeyPair,
        },
        outbox::{
            self,
            commands::{ResendMessage, RevealMessage, SendTestMail},
        },
        passkeys::{
            ceremony::Attempt,
            commands::{AddPasskey, DeletePasskey, RenamePasskey},
        },
        permissions,
        profile_mail::SendProfile,
        resealing, reset_requests,
        roles::{self, requiring::RequireFactorOfRole, store::Role},
        second_factor::commands::{BindSecondFactor, MakeRecoveryCodes, RemoveSecondFactor, RequireSecondFactor},
        secrets::SecretKey,
        sessions::{
            self,
            commands::{EndSession, EndSessions, SignIn},
        },
        tenants::{
            self,
            asked::{self, SetSettings},
            input::TenantUpdate,
            settings::{self, SetTenantSettings, TenantSettings},
            store::Tenant,
        },
        tokens::{
            self,
            access::{IssueAccess, RevokeAccess},
            commands::{AddToken, RevealToken, RotateToken},
            credential::{DeleteToken, DisableToken, EnableToken, RenameToken},
            queries::OF_PEOPLE,
            store::Token,
        },
        users::{
            self,
            address::{self, RequestAddressChange},
            allowlist::{Allowlist, SetAllowlist},
            input::{NewUser, Special},
            scope::SetTenantScope,
            store::User,
        },
    },
    model::{
        forms::OwnTokenForm,
        id::{EventId, GrantId, MessageId, PasskeyId, RoleId, SessionId},
        permission::Permission,
        principal::Principal,
        scope::{Scope, TenantScope},
        tenant::MembershipStatus,
        user::UserQuery,
    },
};

/// The permissions that an action needs, in the order in which a refusal names them.
pub fn needs(action: Action) -> Vec<Permission> {
    let own = action.permission();
    match action {
        // Who can do something is a list of people.
        Action::WhoCan => own.into_iter().chain([Permission::UsersList]).collect(),
        // The message holds a link.
        Action::RevealMessage => own.into_iter().chain([Permission::UsersPasswordReset]).collect(),
        // What is undone here is a change of a group.
        Action::Undo => own.into_iter().chain([Permission::GroupsUpdate]).collect(),
        // These are reached by undoing only.
        Action::RestoreUser
        | Action::RestoreRole
        | Action::RestoreGroup
        | Action::DeleteTenant
        | Action::RestoreTenant
        | Action::EndOwnership => [Permission::AuditUndo].into_iter().chain(own).collect(),
        // No permission of its own, but those of all that it makes.
        Action::FillDemo => [
            Action::AddUser,
            Action::AddMembership,
            Action::Give,
            Action::AddRole,
            Action::AddTenant,
            Action::AddGroup,
            Action::AddToGroup,
        ]
        .into_iter()
        .filter_map(Action::permission)
        .collect(),
        _ => own.into_iter().collect(),
    }
}

/// Things of one tenant to try actions on. Each can be used up once.
pub struct Targets {
    tenant: Tenant,
    user: User,
    other: User,
    doomed: User,
    leaver: User,
    owner: User,
    newcomer: User,
    role: Role,
    doomed_role: Role,
    group: Group,
    doomed_group: Group,
    grant: GrantId,
    doomed_grant: GrantId,
    replaced_grant: GrantId,
    same_role: RoleId,
    client: Client,
    doomed_client: Client,
    token: Token,
    doomed_token: Token,
    pair: KeyPair,
    doomed_pair: KeyPair,
    gone: [EventId; 3],
    tenants: [EventId; 2],
    owned: EventId,
    renamed: EventId,
    link: codes::Link,
    unconfirmed: User,
    confirming: codes::Link,
    wanting: [codes::Link; 2],
    message: MessageId,
}

impl Targets {
    pub async fn in_tenant(world: &World, tenant: &Tenant) -> Self {
        let inside = world.operator().working_in(Scope::Tenant(tenant.id));
        // Names that are used once.
        let name = |what: &str| format!("{what}{}", world.services.clock.id().simple());
        let user = member(world, &name("ada"), tenant).await;
        let (group, doomed_group) =
            (group(world, &name("group"), tenant).await, group(world, &name("doomed"), tenant).await);
        put(world, Principal::User(user.id), &group).await;
        let held = |permission| lasting(Principal::User(user.id), permission, Scope::Tenant(tenant.id));
        Self {
            grant: give(world, &held(Permission::UsersUpdateRoles)).await,
            other: member(world, &name("grace"), tenant).await,
            doomed: member(world, &name("linus"), tenant).await,
            leaver: member(world, &name("linus"), tenant).await,
            owner: member(world, &name("grace"), tenant).await,
            newcomer: world.add(&name("linus"), "").await,
            role: role(&inside, &name("role"), &["users.read"]).await,
            doomed_role: role(&inside, &name("role"), &["roles.delete"]).await,
            doomed_grant: doomed_grant(world, tenant, &name("linus")).await,
            replaced_grant: doomed_grant(world, tenant, &name("linus")).await,
            client: stage::client(&inside, tenant.id, &name("ci")).await,
            doomed_client: stage::client(&inside, tenant.id, &name("old")).await,
            token: stage::account_token(&inside, (user.id, tenant.id), &name("ci")).await,
            doomed_token: stage::account_token(&inside, (user.id, tenant.id), &name("old")).await,
            pair: stage::key_pair(&inside, tenant.id, &name("ci")).await,
            doomed_pair: stage::key_pair(&inside, tenant.id, &name("old")).await,
            same_role: role(&inside, &name("role"), &["users.update-roles"]).await.id,
            gone: gone(world, tenant, &name("gone")).await,
            tenants: made_and_gone(world, &name("tenant")).await,
            owned: owned(world, tenant, &name("linus")).await,
            renamed: changed(&inside, world, &group).await,
            unconfirmed: unconfirmed(world, tenant, &name("una")).await,
            confirming: confirming(world, tenant, &name("una")).await,
            wanting: wanting(world, tenant, [&name("una"), &name("una")]).await,
            link: password_link(&world.operator(), user.id).await,
            message: stage::message(world, &world.add(&name("mary"), "").await).await,
            tenant: tenants::queries::read(&inside, tenant.id).await.unwrap(),
            group: groups::queries::read(&inside, group.id).await.unwrap(),
            doomed_group,
            user,
        }
    }
}

async fn unconfirmed(world: &World, tenant: &Tenant, first: &str) -> User {
    let special = Special { is_unverified: true, ..Special::default() };
    let new = NewUser { tenant: Some(tenant.id), special, ..person(first, "") };
    add_user(&world.operator(), new).await.unwrap()
}

/// The link of a mail that asks somebody to confirm their address.
async fn confirming(world: &World, tenant: &Tenant, first: &str) -> codes::Link {
    let (ctx, user) = (world.operator(), unconfirmed(world, tenant, first).await.id);
    let mut tx = ctx.begin().await.unwrap();
    let code = codes::make(&ctx, &mut tx, codes::Purpose::VerifyEmail, codes::Issued::to(user)).await.unwrap();
    tx.commit().await.unwrap();
    codes::Link::read(codes::Purpose::VerifyEmail, &user.to_string(), &code)
}

/// The link that confirms an address which somebody asked for, and the one that stops what another asked for.
async fn wanting(world: &World, tenant: &Tenant, [one, another]: [&str; 2]) -> [codes::Link; 2] {
    for first in [one, another] {
        let user = member(world, first, tenant).await;
        stage::ask_for_address(world, &user, &format!("new-{}", user.login)).await.unwrap();
    }
    let letters = stage::letters(world).await;
    [&letters[3], &letters[0]].map(|(_, letter)| stage::link_of(letter))
}

async fn doomed_grant(world: &World, tenant: &Tenant, first: &str) -> GrantId {
    let holder = Principal::User(member(world, first, tenant).await.id);
    give(world, &lasting(holder, Permission::UsersUpdateRoles, Scope::Tenant(tenant.id))).await
}

/// Deletions of a user, a role and a group.
async fn gone(world: &World, tenant: &Tenant, name: &str) -> [EventId; 3] {
    let inside = world.operator().working_in(Scope::Tenant(tenant.id));
    run(&inside, DeleteUser { user: member(world, name, tenant).await.id, unchanged: None }).await.unwrap();
    let user = last_id(world).await;
    let role = role(&inside, name, &["roles.add"]).await;
    run(&inside, DeleteRole { role: role.id.clone(), version: 1, unused: false }).await.unwrap();
    let role = last_id(world).await;
    run(&inside, DeleteGroup { group: group(world, name, tenant).await.id, version: 1, unused: false }).await.unwrap();
    [user, role, last_id(world).await]
}

/// The making of a tenant, and the deletion of another.
async fn made_and_gone(world: &World, name: &str) -> [EventId; 2] {
    stage::tenant(world, name).await;
    let made = last_id(world).await;
    stage::tenant(world, &format!("{name}-gone")).await;
    undo(&world.operator(), last_id(world).await).await.unwrap();
    [made, last_id(world).await]
}

/// That a tenant without an owner got one.
async fn owned(world: &World, tenant: &Tenant, first: &str) -> EventId {
    world.execute("update memberships set is_owner = false where is_owner").await;
    let owner = member(world, first, tenant).await;
    run(&world.operator(), MakeOwner { user: owner.id, tenant: tenant.id }).await.unwrap();
    last_id(world).await
}

async fn changed(ctx: &Ctx, world: &World, group: &Group) -> EventId {
    run(ctx, UpdateGroup { group: group.id, update: described(group) }).await.unwrap();
    last_id(world).await
}

fn described(group: &Group) -> GroupUpdate {
    GroupUpdate { name: group.name.clone(), description: "Described.".into(), version: group.version }
}

fn retyped(tenant: &Tenant) -> TenantUpdate {
    let Tenant { name, use_, parent_id, version, .. } = tenant.clone();
    TenantUpdate { name, use_, parent: parent_id, version }
}

async fn sign_in(ctx: &Ctx, login: &str, password: &str) -> Result<()> {
    let form = SignIn { login, password, user_agent: "", known: "" };
    sessions::commands::sign_in(ctx, form).await.map(drop)
}

/// Tries an action. Longer than functions are, because it is a table.
pub async fn attempt(action: Action, on: &Targets, ctx: &Ctx) -> Result<()> {
    let (user, role, group, tenant, client) = (on.user.id, &on.role.id, on.group.id, on.tenant.id, on.client.id);
    let (token, pair) = (on.token.id, on.pair.id);
    let fresh_id = ctx.id();
    let fresh = format!("fresh{}", fresh_id.simple());
    let to = Principal::User(on.other.id);
    let held = lasting(to, Permission::UsersUpdateRoles, Scope::Tenant(tenant));
    let renewal = GrantUpdate { until: Some(ctx.now().plus_seconds(60)), reason: String::new(), version: 1 };
    let group_draft = groups::input::NewGroup { name: fresh.clone(), description: String::new(), tenant: Some(tenant) };
    let Tenant { kind, use_, .. } = on.tenant.clone();
    let tenant_draft = tenants::input::NewTenant { slug: fresh.clone(), name: fresh.clone(), kind, use_, parent: None };
    match action {
        Action::ListUsers => users::list::list(ctx, &UserQuery::default()).await.map(drop),
        Action::ReadUser => users::queries::find(ctx, user).await.map(drop),
        Action::AddUser => add_user(ctx, person(&fresh, "")).await.map(drop),
        Action::UpdateUser => run(ctx, UpdateUser { user, update: renamed(&on.user, "Ada") }).await.map(drop),
        Action::UpdateOwnProfile => update_own(ctx, &AccountUpdate::default()).await,
        Action::SetTenantScope => {
            let (from, to) = (TenantScope::List, TenantScope::Any);
            run(ctx, SetTenantScope { user: on.leaver.id, from, to }).await
        }
        Action::SendVerification => run(ctx, SendVerification { user: on.unconfirmed.id }).await.map(drop),
        Action::SendOwnVerification => run_as(ctx, action, &[&SendVerification { user: on.unconfirmed.id }]).await,
        Action::RequestAddressChange => {
            run(ctx, RequestAddressChange::prepare(ctx, &format!("{fresh}@example.com")).await?).await
        }
        Action::ConfirmAddressChange => address::confirm(ctx, &on.wanting[0]).await,
        Action::StopAddressChange => address::stop(ctx, &on.wanting[1]).await,
        Action::SendActivation => run(ctx, SendActivation { user: on.leaver.id }).await.map(drop),
        Action::RefuseCode => codes::redeeming::is_alive(ctx, &codes::Link::to(user, "wrong")).await.map(drop),
        Action::VerifyEmail => confirmation::redeem(ctx, &on.confirming).await.map(drop),
        Action::DisableUser => run(ctx, DisableUser { user: on.other.id }).await.map(drop),
        Action::EnableUser => run(ctx, EnableUser { user: on.other.id }).await.map(drop),
        Action::DeleteUser => run(ctx, DeleteUser { user: on.doomed.id, unchanged: None }).await.map(drop),
        Action::RestoreUser => undo(ctx, on.gone[0]).await,
        Action::UnlockUser => run(ctx, UnlockUser { user }).await.map(drop),
        Action::ResetSecondFactor => run(ctx, ResetSecondFactor { user: on.leaver.id }).await.map(drop),
        Action::BindSecondFactor => {
            run(ctx, BindSecondFactor { secret: vec![7; 20], code: "wrong".into(), replaces: true }).await.map(drop)
        }
        Action::MakeRecoveryCodes => run(ctx, MakeRecoveryCodes).await.map(drop),
        Action::RemoveSecondFactor => run(ctx, RemoveSecondFactor).await,
        Action::AddPasskey => {
            let attempt = Attempt { public_url: "http://localhost", asked: None, answer: "" };
            run(ctx, AddPasskey::prepare(ctx, &attempt, "Phone")?).await
        }
        Action::RenamePasskey => run(ctx, RenamePasskey::parse(PasskeyId(fresh_id), "Phone")?).await,
        Action::DeletePasskey => run(ctx, DeletePasskey { id: PasskeyId(fresh_id) }).await.map(drop),
        Action::MakePasswordLink => run(ctx, MakePasswordLink { user: on.leaver.id }).await.map(drop),
        Action::SendPasswordLink => reset_requests::answer_next(ctx).await.map(drop),
        Action::SendResetLink => run(ctx, SendResetLink { user: on.leaver.id }).await.map(drop),
        Action::SetPassword => codes::redeeming::redeem_reset(ctx, &on.link, PASSWORD).await,
        Action::ChangePassword => ChangePassword::prepare(ctx, "wrong", PASSWORD).await.map(drop),
        Action::ResetPassword => {
            run(ctx, ResetPassword::prepare(ctx, on.leaver.id, "a password for a while").await?).await.map(drop)
        }
        Action::GivePassword => {
            let give =
                GivePassword::prepare(ctx, (on.leaver.id, &Default::default()), ("a password that stays", false))
                    .await?;
            run(ctx, give).await.map(drop)
        }
        Action::RequireSecondFactor => {
            run(ctx, RequireSecondFactor { user: on.leaver.id, required: true }).await.map(drop)
        }
        Action::SetAllowlist => {
            let (from, to) = (Allowlist::default(), Allowlist::parse(&["192.0.2.0/24".to_owned()]).unwrap());
            run(ctx, SetAllowlist { user: on.leaver.id, from, to }).await.map(drop)
        }
        Action::SendProfile => run(ctx, SendProfile::changed(on.leaver.id)).await.map(drop),
        Action::SignIn => sign_in(ctx, &on.user.login, PASSWORD).await,
        Action::SignOut => run(ctx, SignOut).await,
        Action::ProveAgain => sessions::proof::prove(ctx, ("wrong", ""), "").await,
        Action::EndSession => {
            run(ctx, EndSession { user: on.leaver.id, session: SessionId(on.leaver.id.0) }).await.map(drop)
        }
        Action::EndSessions => run(ctx, EndSessions { user: on.leaver.id }).await.map(drop),
        Action::RefuseSignIn | Action::LockSignIn => sign_in(ctx, &on.user.login, "wrong").await,
        Action::Give => give_access(ctx, &held).await.map(drop),
        Action::Take => run(ctx, RemoveAccess { grant: on.doomed_grant, version: 1 }).await.map(drop),
        Action::Replace => {
            let role = Some(on.same_role.clone());
            run(ctx, ReplaceAccess { grant: on.replaced_grant, version: 1, role, permission: None }).await.map(drop)
        }
        Action::Renew => run(ctx, ChangeAccess { grant: on.grant, update: renewal.clone() }).await.map(drop),
        Action::ListRoles => roles::queries::list(ctx, "", "").await.map(drop),
        Action::ReadRole => roles::queries::read(ctx, role).await.map(drop),
        Action::AddRole => add_role(ctx, content(&fresh, &["roles.add"])).await.map(drop),
        Action::UpdateRole => {
            run(ctx, UpdateRole { role: role.clone(), update: allowing(&on.role, &["users.read"]) }).await.map(drop)
        }
        Action::DeleteRole => {
            run(ctx, DeleteRole { role: on.doomed_role.id.clone(), version: 1, unused: false }).await.map(drop)
        }
        Action::RestoreRole => undo(ctx, on.gone[1]).await,
        Action::RequireFactorOfRole => run(ctx, RequireFactorOfRole { role: role.clone(), required: true }).await,
        Action::ListClients => clients::queries::list(ctx, "").await.map(drop),
        Action::ReadClient => clients::queries::read(ctx, client).await.map(drop),
        Action::AddClient => run(ctx, AddClient::prepare(ctx, stage::of_service(tenant, &fresh)).0).await.map(drop),
        Action::RenameClient => run(ctx, RenameClient { id: client, name: fresh, version: 1 }).await.map(drop),
        Action::UpdateClient => {
            let (services, groups) = (Some(vec![ctx.id()]), None);
            run(ctx, UpdateClient { id: on.doomed_client.id, name: None, services, groups, version: 1 }).await.map(drop)
        }
        Action::DisableClient => run(ctx, DisableClient { id: client }).await.map(drop),
        Action::EnableClient => run(ctx, EnableClient { id: client }).await.map(drop),
        Action::RotateClient => run(ctx, RotateClient::prepare(client).0).await.map(drop),
        // Made another one just now.
        Action::EndClientSecret => {
            let secrets = clients::store::secrets(&mut *ctx.read().await?, client).await?;
            run(ctx, EndClientSecret { client, secret: secrets[secrets.len() - 1].id }).await.map(drop)
        }
        Action::DeleteClient => run(ctx, DeleteClient { id: on.doomed_client.id, version: 2 }).await.map(drop),
        Action::ListKeyPairs => key_pairs::queries::list(ctx, pair).await.map(drop),
        Action::ReadKeyPair => key_pairs::queries::read(ctx, pair).await.map(drop),
        Action::AddKeyPair => run(ctx, AddKeyPair::prepare(ctx, stage::of_key_pair(tenant, &fresh)).0).await.map(drop),
        Action::RenameKeyPair => run(ctx, RenameKeyPair { id: pair, name: fresh, version: 1 }).await.map(drop),
        Action::DisableKeyPair => run(ctx, DisableKeyPair { id: pair }).await.map(drop),
        Action::EnableKeyPair => run(ctx, EnableKeyPair { id: pair }).await.map(drop),
        Action::RotateKeyPair => run(ctx, RotateKeyPair::prepare(ctx, pair).0).await.map(drop),
        Action::DeleteKeyPair => run(ctx, DeleteKeyPair { id: on.doomed_pair.id, version: 1 }).await.map(drop),
        Action::ListTokens => tokens::queries::list(ctx, OF_PEOPLE, 0).await.map(drop),
        Action::ReadToken => tokens::queries::read(ctx, token).await.map(drop),
        Action::AddToken => {
            run(ctx, AddToken::prepare(ctx, stage::of_account((user, tenant), &fresh)).0).await.map(drop)
        }
        Action::AddOwnToken => {
            own::add_token(ctx, &OwnTokenForm { name: fresh, ..OwnTokenForm::default() }).await.map(drop)
        }
        Action::UpdateOwnToken => own::delete_token(ctx, token).await,
        Action::RenameToken => run(ctx, RenameToken { id: token, name: fresh, version: 1 }).await.map(drop),
        Action::DisableToken => run(ctx, DisableToken { id: token }).await.map(drop),
        Action::EnableToken => run(ctx, EnableToken { id: token }).await.map(drop),
        Action::RotateToken => run(ctx, RotateToken::prepare(ctx, &on.token).0).await.map(drop),
        Action::RevealToken => run(ctx, RevealToken { token }).await.map(drop),
        Action::DeleteToken => run(ctx, DeleteToken { id: on.doomed_token.id, version: 1 }).await.map(drop),
        Action::ListMessages => outbox::queries::list(ctx, outbox::queries::NEWEST, None).await.map(drop),
        Action::ReadMessage => outbox::queries::read(ctx, on.message).await.map(drop),
        Action::ResendMessage => run(ctx, ResendMessage { message: on.message }).await.map(drop),
        Action::RevealMessage => run(ctx, RevealMessage { message: on.message }).await.map(drop),
        Action::ReadSettings => asked::read(ctx).await.map(drop),
        Action::SetSettings => {
            let from = asked::of_everybody(&mut *ctx.read().await?).await?;
            let to = TenantSettings { password_min: Some(from.password_min.unwrap_or(15) + 1), ..from.clone() };
            run(ctx, SetSettings { from, to }).await
        }
        Action::SendTestMail => run(ctx, SendTestMail).await.map(drop),
        Action::ResealSecrets => resealing::reseal(ctx, &SecretKey::from_bytes([9; 32])).await.map(drop),
        Action::IssueToken => run(ctx, IssueAccess { scope: Vec::new() }).await.map(drop),
        Action::RevokeToken => run(ctx, RevokeAccess::of("at_none")).await,
        Action::ListGroups => groups::queries::list(ctx, "", "").await.map(drop),
        Action::ReadGroup => groups::queries::read(ctx, group).await.map(drop),
        Action::AddGroup => add_group(ctx, group_draft).await.map(drop),
        Action::UpdateGroup => {
            run(ctx, UpdateGroup { group: on.doomed_group.id, update: described(&on.doomed_group) }).await.map(drop)
        }
        // The change of it above made it the second version.
        Action::DeleteGroup => {
            run(ctx, DeleteGroup { group: on.doomed_group.id, version: 2, unused: false }).await.map(drop)
        }
        Action::RestoreGroup => undo(ctx, on.gone[2]).await,
        Action::AddToGroup => add_to_group(ctx, group, &typed(Principal::User(on.other.id))).await.map(drop),
        Action::RemoveFromGroup => run(ctx, RemoveFromGroup { group, member: Principal::User(user) }).await.map(drop),
        Action::ListTenants => tenants::queries::list(ctx, "", "").await.map(drop),
        Action::ReadTenant => tenants::queries::read(ctx, tenant).await.map(drop),
        Action::AddTenant => add_tenant(ctx, tenant_draft).await.map(drop),
        Action::UpdateTenant => run(ctx, UpdateTenant { tenant, update: retyped(&on.tenant) }).await.map(drop),
        Action::SetTenantSettings => {
            let from = settings::of(&mut *ctx.read().await?, tenant).await?;
            let to = TenantSettings { password_min: Some(from.password_min.unwrap_or(15) + 1), ..from.clone() };
            run(ctx, SetTenantSettings { tenant, from, to }).await.map(drop)
        }
        Action::DeleteTenant => undo(ctx, on.tenants[0]).await,
        Action::RestoreTenant => undo(ctx, on.tenants[1]).await,
        Action::AddMembership => add_member(ctx, tenant, &on.newcomer.login).await.map(drop),
        Action::UpdateMembership => {
            run(ctx, set_membership((on.leaver.id, tenant), (MembershipStatus::Inactive, 1))).await
        }
        Action::RemoveMembership => run(ctx, RemoveMembership::of(on.leaver.id, tenant)).await.map(drop),
        Action::EndOwnership => undo(ctx, on.owned).await,
        Action::MakeOwner => run(ctx, MakeOwner { user: on.owner.id, tenant }).await,
        Action::Explain => permissions::of_user(ctx, user).await.map(drop),
        Action::WhoCan => permissions::who_can(ctx, Permission::UsersRead, ctx.scope, "").await.map(drop),
        Action::ReadAudit => audit::list::list(ctx, &EventQuery::default()).await.map(drop),
        Action::Undo => undo(ctx, on.renamed).await,
        Action::FillDemo => demo::fill(ctx, 1).await.map(drop),
    }
}
