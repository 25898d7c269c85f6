//! What an undo would do.

use super::{Inverse, inverse_of, undo_in};
use crate::{
    domain::{
        ctx::Ctx,
        deleted,
        engine::what_if::{Affected, BOUND, Concerned, Effect, People, gather, touched_by, what_if},
        error::{Error, Refused, Result},
        events::Event,
        grants::{self, Holder},
        groups::Member,
        verb::Verb,
    },
    model::{
        id::{GrantId, GroupId, RoleId, UserId},
        permission::PermissionSet,
    },
};

/// Whose access a command can touch.
enum Touches {
    Nobody,
    User(UserId),
    Role(RoleId),
    Group(GroupId),
}

impl Touches {
    fn people(&self) -> People {
        match self {
            Self::Nobody => People::Users(Vec::new()),
            Self::User(user) => People::Users(vec![*user]),
            Self::Role(role) => People::Role(role.clone()),
            Self::Group(group) => People::Group(*group),
        }
    }
}

/// What taking `event` back would do to what people may do, or the rule that forbids it; `None` where it is about
/// something else than access. What is in its way is an error, as it is for the undo.
pub async fn what_if_undone(ctx: &Ctx, event: &Event) -> Result<Option<Effect>> {
    ctx.require(Verb::Undo)?;
    if event.undone_by.is_some() {
        return Ok(Some(Effect { refused: Some(Refused::Undone), ..Effect::at(ctx.now()) }));
    }
    let (touches, returns) = match inverse_of(event) {
        Ok(inverse) => {
            if let Some(uncounted) = too_many(ctx, &inverse).await? {
                return Ok(Some(Effect { uncounted: Some(uncounted), ..Effect::at(ctx.now()) }));
            }
            let returns = matches!(inverse, Inverse::RestoreRole { .. } | Inverse::RestoreGroup { .. });
            (touched(ctx, inverse).await?, returns)
        }
        Err(_) => (Touches::Nobody, false),
    };
    let dry = ctx.rehearsing();
    let people = if returns { People::Users(held_again(&dry, event, &touches).await?) } else { touches.people() };
    let mut effect = what_if(&dry, &Affected::from(people), async |tx| {
        undo_in(&dry, tx, event.id).await?;
        // Somebody who comes back was not there to be gathered before.
        gather(tx, &touches.people()).await
    })
    .await?;
    // Nor are they there afterwards to be asked for their name.
    for change in &mut effect.changes {
        let name =
            |(id, name): &(UserId, String)| (*id, if name.is_empty() { &event.target_name } else { name }.clone());
        change.named = change.named.iter().map(name).collect();
    }
    let shown = effect.refused.is_some() || !matches!(touches, Touches::Nobody);
    Ok(shown.then_some(effect))
}

/// Whether what comes back reaches too many for it to be tried, for a caller who may bring it back.
async fn too_many(ctx: &Ctx, inverse: &Inverse) -> Result<Option<Concerned>> {
    let (verb, people) = match inverse {
        Inverse::RestoreRole { role } => {
            (Verb::RestoreRole, deleted::people_of_role(&mut ctx.read().await?, role).await?)
        }
        Inverse::RestoreGroup { group } => {
            (Verb::RestoreGroup, deleted::people_of_group(&mut ctx.read().await?, *group).await?)
        }
        _ => return Ok(None),
    };
    if people <= BOUND {
        return Ok(None);
    }
    ctx.require(verb)?;
    Ok(Some(Concerned { people, rows: people, permissions: PermissionSet::default() }))
}

/// Who holds what comes back: that is known only when it is there, and they may hold other things already. A refusal is
/// for the rehearsal itself to tell.
async fn held_again(dry: &Ctx, event: &Event, touches: &Touches) -> Result<Vec<UserId>> {
    match touched_by(dry, &touches.people(), async |tx| undo_in(dry, tx, event.id).await).await {
        Err(Error::Refused(_)) => Ok(Vec::new()),
        found => found,
    }
}

async fn touched(ctx: &Ctx, inverse: Inverse) -> Result<Touches> {
    Ok(match inverse {
        Inverse::EnableUser { user, .. }
        | Inverse::DisableUser { user }
        | Inverse::DeleteUser { user, .. }
        | Inverse::RestoreUser { user }
        | Inverse::SetMembership { user, .. }
        | Inverse::RemoveMembership { user, .. } => Touches::User(user),
        Inverse::AddMembership(left) => Touches::User(left.user()),
        Inverse::Give { grant } => held_by(grant.holder()),
        Inverse::Take { grant, .. } | Inverse::SetTerms { grant, .. } => holder(ctx, grant).await?,
        Inverse::SetRole { role, .. } | Inverse::DeleteRole { role, .. } | Inverse::RestoreRole { role } => {
            Touches::Role(role)
        }
        Inverse::DeleteGroup { group, .. } | Inverse::RestoreGroup { group } => Touches::Group(group),
        Inverse::AddToGroup { member, .. } | Inverse::RemoveFromGroup { member, .. } => match member {
            Member::User(user) => Touches::User(user),
            Member::Group(group) => Touches::Group(group),
        },
        Inverse::UpdateUser { .. }
        | Inverse::UpdateGroup { .. }
        | Inverse::UpdateTenant { .. }
        | Inverse::DeleteTenant { .. }
        | Inverse::RestoreTenant(_)
        | Inverse::MakeOwner { .. }
        | Inverse::EndOwnership { .. } => Touches::Nobody,
    })
}

/// Whoever holds a grant. One that is gone, or that may not be touched, is for the undo itself to refuse.
async fn holder(ctx: &Ctx, grant: GrantId) -> Result<Touches> {
    match grants::find(ctx, grant).await {
        Ok((grant, _)) => Ok(held_by(grant.holder())),
        Err(Error::NotFound(_) | Error::Refused(_)) => Ok(Touches::Nobody),
        Err(other) => Err(other),
    }
}

const fn held_by(holder: Option<Holder>) -> Touches {
    match holder {
        Some(Holder::User(user)) => Touches::User(user),
        Some(Holder::Group(group)) => Touches::Group(group),
        None => Touches::Nobody,
    }
}
