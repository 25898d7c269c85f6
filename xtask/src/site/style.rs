//! The style sheet: `style/main.css` and what it imports, in one file.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Mode;
use super::part::{Part, Recipe};
use crate::{files, shell};

const MAIN: &str = "style/main.css";

pub fn part(mode: Mode) -> Result<Part> {
    if !Path::new(MAIN).is_file() {
        bail!("{MAIN} is missing: it imports the whole style");
    }
    let recipe = Recipe {
        name: "style",
        title: "bundling the style",
        mode,
        inputs: files::walk(Path::new("style"))?,
        options: addresses()?,
    };
    recipe.make(|recipe, work, out| {
        let bundle = work.join("castellan.css");
        let mut esbuild = shell::npm_bin("esbuild");
        esbuild.args([MAIN, "--bundle", "--log-level=warning", "--legal-comments=none"]);
        esbuild.args(&recipe.options).arg(format!("--outfile={}", bundle.display()));
        if mode == Mode::Release {
            esbuild.arg("--minify");
        }
        shell::run(&mut esbuild)?;
        let name = files::hashed_name("castellan", "css", &files::read(&bundle)?);
        files::copy(&bundle, &out.join("pkg").join(name))
    })
}

/// Tells esbuild which paths are addresses in the site (`/fonts/…`) rather
/// than files on this machine: those that `public/` has. Any other path from
/// the root is then an error, as it should be.
fn addresses() -> Result<Vec<String>> {
    let mut options = Vec::new();
    for entry in std::fs::read_dir("public").context("cannot list public/")? {
        let entry = entry.context("cannot list public/")?;
        let name = entry.file_name();
        let below = if entry.path().is_dir() { "/*" } else { "" };
        options.push(format!("--external:/{}{below}", name.to_string_lossy()));
    }
    options.sort();
    Ok(options)
}
