//! The site: every file that the server hands to browsers, in `target/site`.
//!
//! It is put together from three parts (browser code, style, public files),
//! each made anew only when the hash of what goes into it changed, so that a
//! start with nothing to do takes a second.

mod browser;
mod budget;
mod part;
mod public;
mod style;

use std::path::Path;

use anyhow::{Context, Result};

use crate::{files, progress};
pub use budget::check as check_budget;
use part::Part;

const SITE: &str = "target/site";
const MANIFEST: &str = "target/site/manifest.json";
const STAMP: &str = "target/site.stamp";

/// How much work goes into the files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As small as can be.
    Release,
    /// As soon as can be.
    Dev,
}

impl Mode {
    /// Each mode has its own working folder, so that going back and forth
    /// between `dev` and `run` doesn't undo either's work.
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    fn brotli_quality(self) -> &'static str {
        match self {
            Self::Release => "11",
            Self::Dev => "1",
        }
    }
}

/// When the site was put together: different for any two sites, even of equal
/// content.
pub fn made_at() -> Result<String> {
    let modified = std::fs::metadata(MANIFEST).and_then(|metadata| metadata.modified());
    let modified = modified.with_context(|| format!("cannot tell the age of {MANIFEST}"))?;
    Ok(format!("{modified:?}"))
}

/// Brings `target/site` up to date.
pub fn build(mode: Mode) -> Result<()> {
    browser::compile(mode)?;
    build_compiled(mode)
}

/// Like [`build`], when no Rust source changed since.
pub fn build_compiled(mode: Mode) -> Result<()> {
    let parts = [browser::part(mode)?, style::part(mode)?, public::part(mode)?];
    let stamp: String = parts.iter().map(|part| format!("{}\n", part.stamp)).collect();
    let current = std::fs::read_to_string(STAMP).is_ok_and(|old| old == stamp);
    if current && Path::new(MANIFEST).is_file() {
        return Ok(());
    }
    progress::step("putting the site together", || assemble(&parts))?;
    files::write(Path::new(STAMP), stamp)
}

/// Makes a new folder and swaps it in: a file that no part makes any more must
/// not stay behind, least of all a stale `.br` beside a rebuilt file.
fn assemble(parts: &[Part]) -> Result<()> {
    let new = Path::new("target/site.new");
    let old = Path::new("target/site.old");
    files::fresh_dir(new)?;
    for part in parts {
        files::copy_tree(&part.files, new)?;
    }
    files::write(&new.join("manifest.json"), Manifest::of(new)?.to_json())?;
    files::remove_dir(old)?;
    if Path::new(SITE).exists() {
        std::fs::rename(SITE, old).context("cannot move the old site away")?;
    }
    std::fs::rename(new, SITE).context("cannot move the new site into place")?;
    files::remove_dir(old)
}

/// The three files with changing names, and what each weighs on the wire.
struct Manifest {
    entries: Vec<(&'static str, String, u64)>,
}

impl Manifest {
    fn of(site: &Path) -> Result<Self> {
        let entries = ["js", "wasm", "css"].map(|kind| Self::entry(site, kind));
        Ok(Self { entries: entries.into_iter().collect::<Result<_>>()? })
    }

    fn entry(site: &Path, kind: &'static str) -> Result<(&'static str, String, u64)> {
        let pkg = site.join("pkg");
        let all = files::walk(&pkg)?;
        let path = all
            .iter()
            .find(|path| path.extension().is_some_and(|extension| extension == kind))
            .with_context(|| format!("the site has no .{kind} file in {}", pkg.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let brotli = pkg.join(format!("{name}.br"));
        let size = std::fs::metadata(&brotli).with_context(|| format!("{} is missing", brotli.display()))?.len();
        Ok((kind, format!("/pkg/{name}"), size))
    }

    fn to_json(&self) -> String {
        let list =
            |item: &dyn Fn(&(&str, String, u64)) -> String| self.entries.iter().map(item).collect::<Vec<_>>().join(",");
        let urls = list(&|(kind, url, _)| format!("\"{kind}\":\"{url}\""));
        let sizes = list(&|(kind, _, size)| format!("\"{kind}\":{size}"));
        format!("{{{urls},\"brotli\":{{{sizes}}}}}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_json() {
        let entries = vec![("js", "/pkg/a.js".to_owned(), 1), ("css", "/pkg/a.css".to_owned(), 2)];
        let json = Manifest { entries }.to_json();
        let expected = r#"{"js":"/pkg/a.js","css":"/pkg/a.css","brotli":{"js":1,"css":2}}"#;
        assert_eq!(json.trim(), expected);
    }
}
