//! `cargo xtask generate`: README.md's table of settings, and the document of
//! what programs can do.
//!
//! Both are written by the program itself, from the very declarations that it
//! works with, so that they can't drift apart.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{build, files, shell};

const README: &str = "README.md";
const DOCUMENT: &str = "docs/api/openapi.json";
const BEGIN: &str = "<!-- settings:begin -->";
const END: &str = "<!-- settings:end -->";

pub fn run() -> Result<()> {
    build::product()?;
    for (path, (old, new)) in [(README, readme()?), (DOCUMENT, document()?)] {
        match old == new {
            true => println!("{path} is up to date"),
            false => {
                files::write(Path::new(path), new)?;
                println!("{path} is written anew");
            }
        }
    }
    Ok(())
}

/// Fails when one of them isn't what `generate` would make it. Needs the release
/// binary.
pub fn check() -> Result<()> {
    for (path, (old, new)) in [(README, readme()?), (DOCUMENT, document()?)] {
        if old != new {
            bail!("{path} is out of date; run `cargo xtask generate` and commit it");
        }
    }
    Ok(())
}

/// The document of what programs can do as it is, and as it should be.
fn document() -> Result<(String, String)> {
    let old = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    let new = shell::capture(Command::new(build::BINARY).arg("openapi"))?;
    Ok((old, new))
}

/// README.md as it is, and as it should be.
fn readme() -> Result<(String, String)> {
    let old = std::fs::read_to_string(README).with_context(|| format!("cannot read {README}"))?;
    let table = shell::capture(Command::new(build::BINARY).arg("settings-table"))?;
    let new = replace_block(&old, &table)?;
    Ok((old, new))
}

/// Puts `body` between the two markers, with a blank line either side, without
/// which Markdown would take the table for part of the comment.
fn replace_block(text: &str, body: &str) -> Result<String> {
    let missing = |marker| format!("{README} lacks the line `{marker}`");
    let (before, rest) = text.split_once(BEGIN).with_context(|| missing(BEGIN))?;
    let (_, after) = rest.split_once(END).with_context(|| missing(END))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", body.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_is_replaced_and_nothing_else() -> Result<()> {
        let text = format!("# A\n\n{BEGIN}\nold\n{END}\n\ntail\n");
        let new = replace_block(&text, "| a |\n")?;
        assert_eq!(new, format!("# A\n\n{BEGIN}\n\n| a |\n\n{END}\n\ntail\n"));
        Ok(())
    }

    #[test]
    fn replacing_twice_changes_nothing() -> Result<()> {
        let once = replace_block(&format!("{BEGIN}{END}"), "| a |")?;
        assert_eq!(replace_block(&once, "| a |")?, once);
        Ok(())
    }

    #[test]
    fn a_missing_marker_is_named() {
        let error = replace_block(BEGIN, "").unwrap_err();
        assert!(error.to_string().contains(END));
    }
}
