//! Every action of the product, in one table: its name in the audit log, the permission it needs, and how the
//! log says it. An action that is not in the table can neither be authorised nor recorded.

use crate::model::permission::Permission;

/// Declares the actions. `-` stands for an action that no permission guards: it has a rule of its own.
macro_rules! actions {
    (@needs -) => { None };
    (@needs $permission:ident) => { Some(Permission::$permission) };
    ($($variant:ident $name:literal $permission:tt $phrase:literal)+) => {
        /// Something that can be asked of the product.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $(#[doc = $phrase] $variant),+ }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// `noun.action`, as the audit log keeps it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The permission that it needs.
            #[must_use]
            pub const fn permission(self) -> Option<Permission> {
                match self { $(Self::$variant => actions!(@needs $permission)),+ }
            }

            /// The middle of "Ada … Grace", for the audit log.
            #[must_use]
            pub const fn phrase(self) -> &'static str {
                match self { $(Self::$variant => $phrase),+ }
            }
        }
    };
}

actions! {
    ListUsers "users.list" UsersList "listed"
    ReadUser "users.read" UsersRead "read"
    AddUser "users.add" UsersAdd "added"
    UpdateUser "users.update" UsersUpdate "changed"
    UpdateOwnProfile "users.update-own" - "changed"
    SendVerification "users.send-verification" UsersUpdate "sent a link to confirm the address of"
    SendOwnVerification "users.send-own-verification" - "asked for a link to confirm the address of"
    SendActivation "users.send-activation" UsersPasswordReset "sent a link to set a first password to"
    RefuseCode "users.refuse-code" - "typed a wrong code, or followed a dead link, of"
    VerifyEmail "users.verify-email" - "confirmed the address of"
    RequestAddressChange "users.request-address-change" - "asked for another address for"
    ConfirmAddressChange "users.confirm-address-change" - "confirmed another address of"
    StopAddressChange "users.stop-address-change" - "kept or took back, by a link, the address of"
    SetTenantScope "users.set-tenant-scope" UsersUpdateTenants "changed where access counts that was given everywhere to"
    DisableUser "users.disable" UsersRevoke "disabled"
    EnableUser "users.enable" UsersEnable "enabled"
    DeleteUser "users.delete" UsersDelete "deleted"
    RestoreUser "users.restore" UsersAdd "restored"
    UnlockUser "users.unlock" UsersEnable "unlocked"
    ResetSecondFactor "users.reset-second-factor" UsersPasswordReset "reset the second factor of"
    BindSecondFactor "users.bind-second-factor" - "set up an authenticator app for"
    MakeRecoveryCodes "users.make-recovery-codes" - "made new recovery codes for"
    RemoveSecondFactor "users.remove-second-factor" - "removed the second factor of"
    AddPasskey "passkeys.add" - "added a passkey for"
    RenamePasskey "passkeys.rename" - "renamed a passkey of"
    DeletePasskey "passkeys.delete" - "removed a passkey of"
    MakePasswordLink "users.password-link" UsersPasswordReset "made a set-password link for"
    SendResetLink "users.send-reset-link" UsersPasswordReset "sent a link to set a new password to"
    SendPasswordLink "users.send-password-link" - "sent a set-password link, asked for on the sign-in page, to"
    SetPassword "users.set-password" - "set a new password for"
    ChangePassword "users.change-password" - "changed, by the old one, the password of"
    ResetPassword "users.reset-password" UsersPasswordReset "set a temporary password for"
    GivePassword "users.give-password" UsersPasswordReset "set a password for"
    RequireSecondFactor "users.require-second-factor" UsersPasswordReset "changed whether a second factor is asked of"
    SetAllowlist "users.set-allowlist" UsersUpdate "changed from where to let in"
    SendProfile "users.send-profile" UsersUpdate "sent mail about the profile to"
    SignIn "sessions.sign-in" - "signed in"
    SignOut "sessions.sign-out" - "signed out"
    ProveAgain "sessions.prove" - "proved once more to be"
    EndSession "sessions.end" - "ended a session of"
    EndSessions "sessions.end-all" - "ended every session of"
    RefuseSignIn "sessions.refuse" - "was refused at"
    LockSignIn "sessions.lock" - "typed wrong passwords until sign-in was locked for"
    Give "grants.give" UsersUpdateRoles "gave access to"
    Take "grants.take" UsersUpdateRoles "removed access from"
    Replace "grants.replace" UsersUpdateRoles "replaced access of"
    Renew "grants.renew" UsersUpdateRoles "changed how long access lasts for"
    ListRoles "roles.list" RolesList "listed"
    ReadRole "roles.read" RolesRead "read"
    AddRole "roles.add" RolesAdd "made the role"
    UpdateRole "roles.update" RolesUpdate "changed the role"
    DeleteRole "roles.delete" RolesDelete "deleted the role"
    RequireFactorOfRole "roles.require-factor" RolesUpdate "changed whether a second factor is asked of who has the role"
    RestoreRole "roles.restore" RolesAdd "restored the role"
    ListClients "credentials.list" CredentialsList "listed"
    ReadClient "credentials.read" CredentialsRead "read"
    AddClient "credentials.add" CredentialsAdd "made the client credentials"
    RenameClient "credentials.rename" CredentialsUpdate "renamed the client credentials"
    UpdateClient "credentials.update" CredentialsUpdate "changed the client credentials"
    DisableClient "credentials.disable" CredentialsUpdate "disabled the client credentials"
    EnableClient "credentials.enable" CredentialsUpdate "enabled the client credentials"
    RotateClient "credentials.rotate" CredentialsUpdate "made another secret for"
    EndClientSecret "credentials.end-secret" CredentialsUpdate "ended the older secret of"
    DeleteClient "credentials.delete" CredentialsDelete "deleted the client credentials"
    ListKeyPairs "key-pairs.list" CredentialsList "listed"
    ReadKeyPair "key-pairs.read" CredentialsRead "read"
    AddKeyPair "key-pairs.add" CredentialsAdd "made the key pair"
    RenameKeyPair "key-pairs.rename" CredentialsUpdate "renamed the key pair"
    DisableKeyPair "key-pairs.disable" CredentialsUpdate "disabled the key pair"
    EnableKeyPair "key-pairs.enable" CredentialsUpdate "enabled the key pair"
    RotateKeyPair "key-pairs.rotate" CredentialsUpdate "made another secret for"
    DeleteKeyPair "key-pairs.delete" CredentialsDelete "deleted the key pair"
    ListTokens "tokens.list" TokensList "listed"
    ReadToken "tokens.read" TokensRead "read"
    AddToken "tokens.add" TokensAdd "made the token"
    AddOwnToken "tokens.add-own" - "made a token of their own,"
    UpdateOwnToken "tokens.update-own" - "changed a token of their own,"
    RenameToken "tokens.rename" TokensUpdate "renamed the token"
    DisableToken "tokens.disable" TokensUpdate "disabled the token"
    EnableToken "tokens.enable" TokensUpdate "enabled the token"
    RotateToken "tokens.rotate" TokensUpdate "made another value for"
    RevealToken "tokens.reveal" TokensReveal "read the value of"
    DeleteToken "tokens.delete" TokensDelete "deleted the token"
    ListMessages "outbox.list" OutboxRead "listed"
    ReadMessage "outbox.read" OutboxRead "read"
    ResendMessage "outbox.resend" OutboxResend "sent again the message to"
    RevealMessage "outbox.reveal" OutboxResend "looked at the link in the message to"
    ReadSettings "settings.read" SettingsRead "read"
    SetSettings "settings.set" SettingsWrite "changed what is asked of"
    SendTestMail "settings.test-mail" SettingsWrite "sent a test mail to"
    ResealSecrets "secret-key.rotate" - "sealed everything under another key file at"
    IssueToken "tokens.issue" - "got an access token as"
    RevokeToken "tokens.revoke" - "ended an access token of"
    ListGroups "groups.list" GroupsList "listed"
    ReadGroup "groups.read" GroupsRead "read"
    AddGroup "groups.add" GroupsAdd "made the group"
    UpdateGroup "groups.update" GroupsUpdate "changed the group"
    DeleteGroup "groups.delete" GroupsDelete "deleted the group"
    RestoreGroup "groups.restore" GroupsAdd "restored the group"
    AddToGroup "groups.add-member" GroupsUpdate "added to the group"
    RemoveFromGroup "groups.remove-member" GroupsUpdate "removed from the group"
    ListTenants "tenants.list" TenantsList "listed"
    ReadTenant "tenants.read" TenantsRead "read"
    AddTenant "tenants.add" TenantsWrite "made the tenant"
    UpdateTenant "tenants.update" TenantsWrite "changed the tenant"
    SetTenantSettings "tenants.set" TenantsWrite "changed what is asked of the people of"
    DeleteTenant "tenants.delete" TenantsWrite "deleted the tenant"
    RestoreTenant "tenants.restore" TenantsWrite "restored the tenant"
    AddMembership "memberships.add" UsersUpdateTenants "added a member to"
    UpdateMembership "memberships.update" UsersUpdateTenants "changed a membership of"
    RemoveMembership "memberships.remove" UsersUpdateTenants "removed a member from"
    EndOwnership "memberships.end-ownership" UsersUpdateTenants "made nobody the owner of"
    MakeOwner "memberships.make-owner" UsersUpdateTenants "made an owner of"
    Explain "permissions.explain" UsersRead "asked why"
    WhoCan "permissions.who-can" RolesRead "asked who can"
    ReadAudit "audit.read" AuditRead "read"
    Undo "audit.undo" AuditUndo "undid"
    FillDemo "demo.fill" - "added made-up people to"
}

impl Action {
    /// Whether the audit log can have it: questions are not recorded, and an undo is recorded as what it does.
    #[must_use]
    pub fn is_recorded(self) -> bool {
        let asks = self.name().ends_with(".list") || self.name().ends_with(".read");
        !asks && !matches!(self, Self::Explain | Self::WhoCan | Self::Undo)
    }

    /// Whether it opens an account, or keeps one open: whoever does it in a browser proved shortly before who they are.
    #[must_use]
    pub const fn needs_fresh_proof(self) -> bool {
        matches!(
            self,
            Self::BindSecondFactor
                | Self::MakeRecoveryCodes
                | Self::RemoveSecondFactor
                | Self::AddPasskey
                | Self::DeletePasskey
                | Self::RequestAddressChange
                | Self::ResetSecondFactor
                | Self::RequireSecondFactor
                | Self::SetAllowlist
                | Self::GivePassword
                | Self::MakePasswordLink
                | Self::ResetPassword
                | Self::AddToken
                | Self::AddOwnToken
                | Self::RotateToken
                | Self::RevealToken
                | Self::AddClient
                | Self::RotateClient
                | Self::AddKeyPair
                | Self::RotateKeyPair
                | Self::RevealMessage
        )
    }

    /// The action of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.name()), Some(*action));
        }
    }
}
