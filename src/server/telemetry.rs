//! Logs: one line an event, to stderr, with the request's id.

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging. Called once, by commands that serve.
pub fn init(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match config.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
}
