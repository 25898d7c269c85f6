//! What a first visit may cost, in bytes on the wire.

use std::path::Path;

use anyhow::{Result, bail};

use super::{Manifest, SITE};

const ALL: u64 = 150_000;
const CSS: u64 = 15_000;

/// Prints the sizes; fails when they are over the budget. Only the release
/// site's sizes mean anything.
pub fn check() -> Result<()> {
    let manifest = Manifest::of(Path::new(SITE))?;
    let mut all = 0;
    let mut css = 0;
    for (kind, url, size) in &manifest.entries {
        println!("    {kind:<5} {size:>7} bytes as brotli  {url}");
        all += size;
        if *kind == "css" {
            css = *size;
        }
    }
    println!("    all   {all:>7} of {ALL} bytes; css {css} of {CSS}");
    verdict(all, css)
}

fn verdict(all: u64, css: u64) -> Result<()> {
    if all > ALL {
        bail!("the site is {} bytes over its budget of {ALL}", all - ALL);
    }
    if css > CSS {
        bail!("the style is {} bytes over its budget of {CSS}", css - CSS);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_inclusive() {
        assert!(verdict(ALL, CSS).is_ok());
        assert!(verdict(ALL + 1, 0).is_err());
        assert!(verdict(ALL, CSS + 1).is_err());
    }
}
