//! All that there is to say about one user, as far as the caller may see it: of one moment, and each thing read once.

use super::{
    allowlist::{self, Allowlist},
    queries,
    store::{self, User},
};
use crate::{
    domain::{
        access::explain::Person,
        audit::{self, event::Event},
        codes,
        ctx::Ctx,
        error::{Refused, Result},
        grants::{self, around::Around, store::GrantView},
        groups::{self, member_store::GroupRef},
        passkeys::{self, store::PasskeyRow},
        permissions, second_factor,
        sessions::{self, store::SessionView},
        tenants::memberships::{self, store::Membership},
        throttle::{self, Lock},
    },
    model::{id::UserId, page::Limited, permission::Permission, user::SecondFactor},
};

/// A user, and what belongs to them.
#[derive(Debug)]
pub struct Overview {
    /// The user.
    pub user: User,
    /// All that decides what they may do.
    pub person: Person,
    /// What was given to them directly.
    pub grants: Limited<GrantView>,
    /// What reaches them through groups.
    pub around: Limited<Around>,
    /// The groups that they are in directly.
    pub groups: Limited<GroupRef>,
    /// Where they belong.
    pub memberships: Limited<Membership>,
    /// What they prove themselves by beside their password.
    pub second_factor: SecondFactor,
    /// Their passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// From where they are let in; `None` for those who may not say so.
    pub let_in_from: Option<Allowlist>,
    /// How many sessions run.
    pub sessions: i64,
    /// Those sessions, for whoever may end them.
    pub open: Option<Vec<SessionView>>,
    /// Where signing in is locked at the moment, by wrong passwords.
    pub locks: Vec<Lock>,
    /// Whether they belong to tenants and are active in none, so that no password lets them in.
    pub barred: bool,
    /// Why no set-password link can be made for them; `None` also for those who may not make any.
    pub no_link: Option<Refused>,
    /// The latest events about them; none for those who may not read the log.
    pub events: Vec<Event>,
    /// Their latest sign-ins; none for those who may not read the log.
    pub sign_ins: Vec<Event>,
}

/// The user with this id and what belongs to them.
pub async fn overview(ctx: &Ctx, id: UserId) -> Result<Overview> {
    let user = queries::find(ctx, id).await?;
    let conn = &mut *ctx.read().await?;
    let open = sessions::queries::of_user(ctx, conn, &user).await?;
    Ok(Overview {
        person: permissions::person(ctx, conn, &user).await?,
        grants: grants::queries::of_user(ctx, conn, &user).await?,
        around: grants::around::of_user(ctx, conn, &user).await?,
        groups: groups::queries::of_user(ctx, conn, &user).await?,
        memberships: memberships::queries::of_user(ctx, conn, &user).await?,
        second_factor: second_factor::store::of(conn, id).await?.0,
        passkeys: passkeys::store::list(conn, id).await?,
        let_in_from: match ctx.may(Permission::UsersUpdate) {
            true => Some(allowlist::of(conn, id).await?),
            false => None,
        },
        sessions: match &open {
            Some(open) => i64::try_from(open.len()).unwrap_or_default(),
            None => sessions::store::count(conn, id, ctx.now()).await?,
        },
        open,
        locks: throttle::locks(ctx, conn, &user.login).await?,
        barred: store::credentials(conn, &user.login).await?.is_some_and(|user| user.barred),
        no_link: match ctx.may(Permission::UsersPasswordReset) {
            true => codes::why_no_link(ctx, conn, &user).await?,
            false => None,
        },
        events: match ctx.may(Permission::AuditRead) {
            true => audit::list::of_user(ctx, conn, id).await?,
            false => Vec::new(),
        },
        sign_ins: match ctx.may(Permission::AuditRead) {
            true => audit::list::sign_ins(ctx, conn, id).await?,
            false => Vec::new(),
        },
        user,
    })
}
