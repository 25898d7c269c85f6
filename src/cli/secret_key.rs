//! `castellan secret-key …`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{lookup::reason, out::Said};
use crate::{
    config::Config,
    domain::{
        calling::Caller,
        ctx::{Ctx, Origin},
        error::Error,
        resealing::reseal,
        secrets::SecretKey,
    },
    http,
};

/// Makes a key file and seals everything under it. Whatever fails before the end leaves everything as it was, without the
/// new file.
pub async fn rotate(config: &Config, to: PathBuf) -> Result<Said, String> {
    let (services, _alone) = http::start::open_alone(config).await?;
    let done = reseal_under(&Ctx::new(services.clone(), Caller::CommandLine, Origin::default()), &to).await;
    services.db.close().await;
    let sealed = done?;
    let (old, new) = (config.secret_key_file.display(), to.display());
    Ok(Said(
        format!(
            "{sealed} values are sealed under {new}, and {old} opens only backups from before; set \
             CASTELLAN_SECRET_KEY_FILE={new}, or move {new} to where {old} is, before the server starts. Everybody has to \
             sign in again"
        ),
        json!({"sealed": sealed, "key_file": new.to_string()}),
    ))
}

async fn reseal_under(ctx: &Ctx, to: &Path) -> Result<u64, String> {
    let next = SecretKey::make(to).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{} is there already, and a key is never replaced; name another file", to.display())
        }
        _ => format!("the key file {}: {error}", to.display()),
    })?;
    let sealed = reseal(ctx, &next).await;
    // Only where it is certain that nothing was kept: a key that something is sealed under must not be lost.
    if matches!(&sealed, Err(error) if !matches!(error, Error::Unknown)) {
        let _ = std::fs::remove_file(to);
    }
    sealed.map_err(reason)
}
