//! The binary: reads the command line and hands over.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    castellan::cli::main(&castellan::SURFACES).await
}
