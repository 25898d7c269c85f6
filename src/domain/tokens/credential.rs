//! Tokens as credentials: named, locked out and deleted as client credentials and key pairs are.

use super::{
    input::NAME_MAX,
    store::{self, Token},
};
use crate::{
    db::{self, Conn, Tx},
    domain::{
        access,
        action::Action,
        calling::Caller,
        change::{Change, Target},
        credentials::{Credential, Delete, Disable, Enable, Named, Rename},
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::{
        id::{TenantId, TokenId, UserId},
        permission::PermissionSet,
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// See [`Rename`].
pub type RenameToken = Rename<Token>;
/// See [`Disable`].
pub type DisableToken = Disable<Token>;
/// See [`Enable`].
pub type EnableToken = Enable<Token>;
/// See [`Delete`].
pub type DeleteToken = Delete<Token>;

/// Who may have a token's value, or make it work: whoever carries it acts as somebody else, so all that it may do, now or
/// later, must be the caller's, too. A personal one is its owner's alone, because it grows with them; and whoever runs
/// commands on the machine could read all there is anyway.
pub async fn require_may_carry(
    ctx: &Ctx,
    conn: &mut Conn,
    (kind, user): (TokenKind, UserId),
    (tenant, permissions): (Option<TenantId>, PermissionSet),
) -> Result<()> {
    let is_own = ctx.user_id() == Some(user);
    if kind == TokenKind::Personal && !is_own && !matches!(ctx.caller, Caller::CommandLine) {
        return Err(Refused::OthersToken.into());
    }
    let potential = access::load::potential(conn, user, ctx.now()).await?;
    ctx.require_covers(&potential.within(tenant, permissions))
}

impl Credential for Token {
    type Id = TokenId;
    const NAME_MAX: usize = NAME_MAX;
    const RENAME: Named = Named { action: Action::RenameToken, kind: "rename-token" };
    const DISABLE: Named = Named { action: Action::DisableToken, kind: "disable-token" };
    const ENABLE: Named = Named { action: Action::EnableToken, kind: "enable-token" };
    const DELETE: Named = Named { action: Action::DeleteToken, kind: "delete-token" };

    async fn require(ctx: &Ctx, conn: &mut Conn, id: TokenId) -> Result<Self> {
        store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("token"))
    }

    async fn require_not_above_caller(&self, ctx: &Ctx, conn: &mut Conn) -> Result<()> {
        let potential = access::load::potential(conn, self.user_id, ctx.now()).await?;
        ctx.require_covers(&potential.within(self.tenant_id, self.permissions()))
    }

    /// Tokens may share a name (contract 004, rule 6).
    async fn namesake(&self, _: &mut Conn, _: &str) -> Result<Option<Error>> {
        Ok(None)
    }

    async fn rename(tx: &mut Tx, id: TokenId, name: &str, seen: i64, now: Timestamp) -> db::Result<bool> {
        store::rename(tx, id, name, seen, now).await
    }

    async fn set_disabled(tx: &mut Tx, id: TokenId, at: Option<Timestamp>, now: Timestamp) -> db::Result<()> {
        store::set_disabled(tx, id, at, now).await
    }

    async fn delete(tx: &mut Tx, id: TokenId) -> db::Result<()> {
        store::delete(tx, id).await
    }

    fn id(&self) -> TokenId {
        self.id
    }

    fn tenant(&self) -> Option<TenantId> {
        self.tenant_id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }

    fn target(&self) -> Target {
        Target::token(self.id, &self.name)
    }

    fn state(&self) -> serde_json::Value {
        Self::state(self)
    }

    /// It is found in the log of whom it acts for, too.
    fn change(&self, action: Action) -> Change {
        Change::new(action, self.target()).of(self.tenant_id).about(self.user_id)
    }
}
