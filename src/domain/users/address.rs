//! Changing the address that somebody signs in with. One's own counts once it was confirmed by a link that went there; whoever
//! reads mail at the one before can stop it, or take it back, for a week, whoever changed it.

use serde_json::json;

use super::{
    address_store::{self, AddressChange, NewChange},
    store::{self, User},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::Change,
        codes::{self, Link, Purpose, redeeming},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Refused, Result},
        outbox::{enqueue::enqueue, letter::Letter, telling},
        parse::Email,
        secrets::{new_token, token_hash},
        sessions, throttle, tokens, turn,
    },
    model::{
        error::FieldErrors,
        id::UserId,
        timestamp::Timestamp,
        user::{UserKind, UserStatus},
    },
};

/// Asks for another address for whoever is calling. Whether it is somebody's already or not, they are told the same, and the
/// same is written: mail goes there, and to the address that they have.
#[derive(Clone, Debug)]
pub struct RequestAddressChange {
    new: Email,
}

impl RequestAddressChange {
    /// Reads what was typed, and counts the mail that is asked for, as what strangers ask for is.
    pub async fn prepare(ctx: &Ctx, typed: &str) -> Result<Self> {
        ctx.require(Self::ACTION)?;
        let own = ctx.user()?.email.clone();
        let new = Email::parse(typed).map_err(|message| FieldErrors::one("email", message))?;
        if new.as_str() == own {
            return Err(FieldErrors::one("email", "this is the address that you have").into());
        }
        let _counted = throttle::of_mail(ctx, new.as_str()).await?;
        Ok(Self { new })
    }
}

impl Command for RequestAddressChange {
    const ACTION: Action = Action::RequestAddressChange;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = store::find(None, tx, ctx.user()?.id).await?.ok_or(Error::Unauthenticated)?;
        if user.kind == UserKind::ServiceAccount {
            return Err(Refused::ServiceAccount.into());
        }
        let (confirm, stop) = (new_token(), new_token());
        let new = NewChange {
            confirm: Some(token_hash(&confirm)),
            stop: Some(token_hash(&stop)),
            ..new_change(ctx, &user, (&user.login, self.new.as_str()))
        };
        address_store::insert(tx, &new).await?;
        write(ctx, tx, (&user, &self.new), (confirm, stop)).await?;
        let change = Change::new(Self::ACTION, user.target())
            .before(json!({ "e-mail": user.login }))
            .after(json!({ "e-mail asked for": self.new.as_str() }));
        Ok(Applied::changed((), change))
    }
}

/// Until when a change that is made now can be taken back.
fn stop_until(ctx: &Ctx) -> Timestamp {
    ctx.now().plus_seconds(Purpose::StopAddressChange.lifetime())
}

fn new_change<'a>(ctx: &Ctx, user: &User, addresses: (&'a str, &'a str)) -> NewChange<'a> {
    let (confirm, stop, back) = (None, None, None);
    NewChange {
        id: ctx.id(),
        user: user.id,
        addresses,
        confirm,
        stop,
        back,
        now: ctx.now(),
        stop_until: stop_until(ctx),
    }
}

/// Writes to both addresses: to the new one with the link that confirms it, or, where it is somebody's, to them.
async fn write(ctx: &Ctx, tx: &mut Tx, (user, new): (&User, &Email), (confirm, stop): (String, String)) -> Result<()> {
    let own = store::recipient(tx, user.id).await?.ok_or(Refused::Disabled)?;
    let (to, letter) = match store::recipient_at(tx, new.as_str()).await? {
        Some(somebody) => (somebody, Letter::AddressTaken),
        None => (own.at(new.as_str()), Letter::AddressConfirm { user: user.id, code: Some(confirm) }),
    };
    let end = ctx.now().plus_seconds(Purpose::ChangeAddress.lifetime());
    enqueue(ctx, tx, &to, (letter, Some(end))).await?;
    let asked = Letter::AddressAsked { user: user.id, code: Some(stop) };
    enqueue(ctx, tx, &own, (asked, Some(stop_until(ctx)))).await?;
    Ok(())
}

/// Tells both addresses of a change that somebody else made. One that brings back the address of before has no way back: it
/// would be in the hands of whoever was given the account by the change that it mends.
pub async fn tell_of_change(ctx: &Ctx, tx: &mut Tx, (before, after): (&User, &User)) -> Result<()> {
    let back = match address_store::away_from(tx, after.id, &after.login).await? {
        Some(mended) => {
            address_store::end(tx, &mended, ctx.now()).await?;
            None
        }
        None => {
            let back = new_token();
            let change = new_change(ctx, after, (&before.login, &after.login));
            address_store::insert(tx, &NewChange { back: Some(token_hash(&back)), ..change }).await?;
            Some(back)
        }
    };
    tell_both(ctx, tx, (after.id, &before.login), back).await
}

async fn tell_both(ctx: &Ctx, tx: &mut Tx, (user, former): (UserId, &str), back: Option<String>) -> Result<()> {
    let Some(to) = store::recipient(tx, user).await? else { return Ok(()) };
    let end = back.is_some().then(|| stop_until(ctx));
    let changed = Letter::AddressChanged { user: Some(user), code: back };
    enqueue(ctx, tx, &to.at(former), (changed, end)).await?;
    enqueue(ctx, tx, &to, (Letter::AddressNew, None)).await?;
    Ok(())
}

/// Whether a link still is about something: its page asks this before it shows its button; it changes nothing.
pub async fn is_alive(ctx: &Ctx, link: &Link) -> Result<bool> {
    Ok(looked_up(ctx, link).await?.is_some())
}

async fn looked_up(ctx: &Ctx, link: &Link) -> Result<Option<AddressChange>> {
    redeeming::counting_wrong(ctx, link, async {
        let conn = &mut *ctx.read().await?;
        let (whose, hash) = (link.user, link.hash());
        Ok(match link.purpose {
            Purpose::ChangeAddress => address_store::to_confirm(conn, (whose, &hash), (since(ctx), ctx.now())).await?,
            _ => address_store::to_stop(conn, (whose, &hash), ctx.now()).await?,
        })
    })
    .await
}

/// What was asked for before this can't be confirmed any more.
fn since(ctx: &Ctx) -> Timestamp {
    ctx.now().plus_seconds(-Purpose::ChangeAddress.lifetime())
}

/// Makes a change that was asked for, by the link that went to the new address.
pub async fn confirm(ctx: &Ctx, link: &Link) -> Result<()> {
    looked_up(ctx, link).await?.ok_or(Refused::DeadLink)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let change = address_store::to_confirm(&mut tx, (link.user, &link.hash()), (since(&ctx), ctx.now())).await?;
    let change = change.ok_or(Refused::DeadLink)?;
    let before = store::find(None, &mut tx, change.user_id).await?.ok_or(Refused::DeadLink)?;
    let is_as_it_was = before.status != UserStatus::Disabled && before.login == change.former;
    if !is_as_it_was || store::is_taken(&mut tx, &change.wanted, before.id).await? {
        return Err(Refused::DeadLink.into());
    }
    let back = new_token();
    if !address_store::make(&mut tx, change.id, (&token_hash(&back), stop_until(&ctx))).await? {
        return Err(Refused::DeadLink.into());
    }
    let after = set(&ctx, &mut tx, &before, &change.wanted).await?;
    tell_both(&ctx, &mut tx, (after.id, &change.former), Some(back)).await?;
    let event = Change::new(Action::ConfirmAddressChange, after.target()).before(before.state()).after(after.state());
    audit::record::record(&ctx, &mut tx, event.by(after.id, &after.display_name)).await?;
    Ok(tx.commit().await?)
}

/// Gives somebody this address to sign in with, and voids what was mailed to the one before.
async fn set(ctx: &Ctx, tx: &mut Tx, before: &User, login: &str) -> Result<User> {
    let mut profile = before.profile();
    profile.email = Email::stored(login);
    profile.contact = profile.contact.filter(|contact| *contact != profile.email);
    if !store::update(ctx.now(), tx, before, &profile).await? {
        return Err(Error::Stale);
    }
    codes::void_all(ctx, tx, before.id).await?;
    store::find(None, tx, before.id).await?.ok_or_else(|| Refused::Gone("person").into())
}

/// Stops a change by the link that went to the address before it, or takes it back. Whoever didn't ask for it has somebody in
/// their account, so all that was opened ends.
pub async fn stop(ctx: &Ctx, link: &Link) -> Result<()> {
    looked_up(ctx, link).await?.ok_or(Refused::DeadLink)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let change = address_store::to_stop(&mut tx, (link.user, &link.hash()), ctx.now()).await?;
    let change = change.ok_or(Refused::DeadLink)?;
    address_store::end(&mut tx, &change, ctx.now()).await?;
    let before = store::find(None, &mut tx, change.user_id).await?.ok_or(Refused::DeadLink)?;
    let after = restored(&ctx, &mut tx, (&before, &change.former)).await?;
    let ended = sessions::store::end_all(&mut tx, after.id).await?;
    tokens::store::end_personal(&mut tx, after.id).await?;
    let event = Change::new(Action::StopAddressChange, after.target())
        .before(json!({ "e-mail": before.login }))
        .after(json!({ "e-mail": after.login, "sessions ended": ended }));
    audit::record::record(&ctx, &mut tx, event.by(after.id, &after.display_name)).await?;
    Ok(tx.commit().await?)
}

/// The person with the address that they had, who is told; the other address, too.
async fn restored(ctx: &Ctx, tx: &mut Tx, (before, former): (&User, &str)) -> Result<User> {
    if before.login == former {
        return Ok(before.clone());
    }
    if store::is_taken(tx, former, before.id).await? {
        return Err(Refused::AddressTaken.into());
    }
    let after = set(ctx, tx, before, former).await?;
    if let Some(to) = store::recipient(tx, after.id).await? {
        enqueue(ctx, tx, &to.at(&before.login), (Letter::AddressChanged { user: None, code: None }, None)).await?;
    }
    telling::tell(ctx, tx, after.id, Letter::AddressRestored).await?;
    Ok(after)
}
