//! What is done about another address to sign in with, by the links that are mailed about it.

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
#[cfg(feature = "ssr")]
use crate::{
    domain::{codes::Purpose, users::address},
    http::{
        access::{Access::*, guarded},
        flash::Done,
        link,
        visit::{ctx, done, keeping_language},
    },
};

/// Makes the change, by the link that went to the new address.
#[server(prefix = "/fn", endpoint = "sign-in/confirm-address", input = Post<Form>)]
pub async fn confirm_address() -> Answer {
    address::confirm(&ctx(), &link::read("/confirm-address", Purpose::ChangeAddress)).await?;
    link::forget();
    done(&keeping_language("/signin"), Done::AddressChanged, 1);
    Ok(())
}

/// Stops the change, or takes it back, by the link that went to the address before.
#[server(prefix = "/fn", endpoint = "sign-in/stop-address-change", input = Post<Form>)]
pub async fn stop_address_change() -> Answer {
    address::stop(&ctx(), &link::read("/stop-address-change", Purpose::StopAddressChange)).await?;
    link::forget();
    done(&keeping_language("/forgot-password"), Done::AddressKept, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    ConfirmAddress: Public;
    StopAddressChange: Public;
}
