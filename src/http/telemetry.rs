//! Logs: one line an event, to stderr, with the request's id.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging. Called once, by commands that serve. Fails on a filter that can't be read.
pub fn init(config: &Config) -> Result<(), String> {
    // tower-sessions calls every cookie suspicious that is over or another's, at a level at which people are called.
    let filter = format!("{},tower_sessions=off,tower_sessions_core=off", config.log);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        format!("CASTELLAN_LOG must be a level like info, or a filter like castellan=debug: {error}")
    })?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Colours are for eyes: in a file they stand between what is searched for.
    let logs = logs.with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}
