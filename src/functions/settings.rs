//! What is asked of people, of everybody and in each tenant, and a mail to see whether mail arrives.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::{forms::SettingsForm, id::TenantId};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        outbox::commands,
        tenants::{
            asked,
            asked_input::AskedUpdate,
            would::{Would, would},
        },
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::{permission::Permission, user::grouped},
};

/// Says what is asked of everybody.
#[server(prefix = "/fn", endpoint = "settings/set", input = Post<Form>)]
pub async fn set_settings(form: SettingsForm) -> Answer {
    run(&ctx(), asked::SetSettings::from(AskedUpdate::parse(&form)?)).await?;
    done(&to("/settings"), Done::Saved, 1);
    Ok(())
}

/// What that would do.
#[server(prefix = "/fn", endpoint = "settings/set/preview", input = Post<Form>)]
pub async fn preview_set_settings(form: SettingsForm) -> Answer<String> {
    Ok(said(&would(&ctx(), None, &AskedUpdate::parse(&form)?).await?))
}

/// Says what a tenant asks of its people.
#[server(prefix = "/fn", endpoint = "tenants/set-settings", input = Post<Form>)]
pub async fn set_tenant_settings(id: TenantId, form: SettingsForm) -> Answer {
    let ctx = ctx();
    run(&ctx, asked::of_tenant(&ctx, id, AskedUpdate::parse(&form)?).await?).await?;
    done(&to(format_args!("/tenants/{id}/settings")), Done::Saved, 1);
    Ok(())
}

/// What that would do.
#[server(prefix = "/fn", endpoint = "tenants/set-settings/preview", input = Post<Form>)]
pub async fn preview_set_tenant_settings(id: TenantId, form: SettingsForm) -> Answer<String> {
    Ok(said(&would(&ctx(), Some(id), &AskedUpdate::parse(&form)?).await?))
}

/// Writes a mail to whoever asks for it.
#[server(prefix = "/fn", endpoint = "settings/test-mail", input = Post<Form>)]
pub async fn send_test_mail() -> Answer {
    run(&ctx(), commands::SendTestMail).await?;
    done(&to("/settings"), Done::TestMailed, 1);
    Ok(())
}

/// What a change would do, as a piece of a page: nothing of it was typed by anybody.
#[cfg(feature = "ssr")]
fn said(would: &[Would]) -> String {
    let line = |would: &Would| match *would {
        Would::Enrol(1, _) => "<p><b>1</b> person must set up a second factor at the next sign-in.</p>".to_owned(),
        Would::Enrol(people, more) => {
            let more = if more { "more than " } else { "" };
            format!("<p><b>{more}{}</b> people must set up a second factor at their next sign-in.</p>", grouped(people))
        }
        Would::NotEnrol => {
            "<p>Whoever has a second factor keeps it. A password that is too short without one is changed \
            at the next sign-in.</p>"
                .to_owned()
        }
        Would::LongerPasswords(least) => format!(
            "<p>Whoever has a password of less than <b>{least}</b> characters chooses another at the next sign-in. How \
            many they are is not known, because passwords are not kept.</p>"
        ),
        Would::MoreKinds(kinds) => format!(
            "<p>Whoever has a password with characters of fewer than <b>{kinds}</b> kinds chooses another at the next \
            sign-in.</p>"
        ),
        Would::EasierPasswords => {
            "<p>Shorter or simpler passwords can be chosen. Nobody has to change theirs.</p>".to_owned()
        }
        Would::History(last) => format!(
            "<p>None of the last <b>{last}</b> passwords can be chosen again. From now on they are kept, as hashes; those \
            before are not known.</p>"
        ),
        Would::NoHistory => {
            "<p>Former passwords can be chosen again. Their hashes go when their person chooses another.</p>".to_owned()
        }
        Would::Expire(1, _) => {
            "<p><b>1</b> person has an older password, and chooses another at the next sign-in.</p>".to_owned()
        }
        Would::Expire(people, more) => {
            let more = if more { "more than " } else { "" };
            format!(
                "<p><b>{more}{}</b> people have older passwords, and choose others at their next sign-in.</p>",
                grouped(people)
            )
        }
        Would::LastLonger => "<p>Passwords last longer.</p>".to_owned(),
        Would::Sessions => {
            "<p>It holds for sessions that begin from then on. Those that are open last as they began.</p>".to_owned()
        }
    };
    match would.is_empty() {
        true => "<p class=\"hint\">Nothing changes.</p>".to_owned(),
        false => would.iter().map(line).collect(),
    }
}

#[cfg(feature = "ssr")]
guarded! {
    SetSettings: Needs(&[Permission::SettingsWrite]);
    PreviewSetSettings: Needs(&[Permission::SettingsWrite]);
    SetTenantSettings: Needs(&[Permission::TenantsWrite]);
    PreviewSetTenantSettings: Needs(&[Permission::TenantsWrite]);
    SendTestMail: Needs(&[Permission::SettingsWrite]);
}
