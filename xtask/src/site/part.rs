//! One part of the site: a folder of finished files, and the stamp of what
//! they were made of.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::Mode;
use crate::{files, progress, shell};

/// Worth compressing. Pictures and fonts are compressed already.
const COMPRESSED: [&str; 10] = ["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];

/// Part of every stamp, so that a change to these recipes applies to files
/// that were made by the old ones.
const RECIPES: [&str; 5] = [
    include_str!("browser.rs"),
    include_str!("part.rs"),
    include_str!("public.rs"),
    include_str!("style.rs"),
    include_str!("../../compress.mjs"),
];

pub struct Part {
    /// Laid out as in the site.
    pub files: PathBuf,
    /// Equal stamps, equal files.
    pub stamp: String,
}

/// What a part is made of, and where.
pub struct Recipe<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub mode: Mode,
    pub inputs: Vec<PathBuf>,
    /// What else decides the result.
    pub options: Vec<String>,
}

impl Recipe<'_> {
    /// Returns the part, made by `work` if its inputs changed. `work` gets this
    /// recipe, a folder for intermediate files and one for the finished files.
    pub fn make(self, work: impl FnOnce(&Self, &Path, &Path) -> Result<()>) -> Result<Part> {
        let dir = Path::new("target/site-work").join(self.mode.name()).join(self.name);
        let part = Part { files: dir.join("files"), stamp: self.stamp()? };
        let stamp_file = dir.join("stamp");
        if std::fs::read_to_string(&stamp_file).is_ok_and(|old| old == part.stamp) {
            return Ok(part);
        }
        progress::step(self.title, || {
            let temporary = dir.join("work");
            files::fresh_dir(&dir)?;
            files::make_dir(&temporary)?;
            files::make_dir(&part.files)?;
            work(&self, &temporary, &part.files)?;
            compress(&part.files, self.mode)?;
            // Last, so that a run broken off half-way starts over.
            files::write(&stamp_file, &part.stamp)
        })?;
        Ok(part)
    }

    /// The npm packages' versions count too: they are the tools.
    fn stamp(&self) -> Result<String> {
        let mut inputs = self.inputs.clone();
        inputs.push(PathBuf::from("package-lock.json"));
        let options = self.options.join(" ");
        files::hash_files(&inputs, &[self.mode.name(), &options, &RECIPES.concat()].join("\n"))
    }
}

fn compress(dir: &Path, mode: Mode) -> Result<()> {
    let mut all = files::walk(dir)?;
    all.retain(|file| file.extension().is_some_and(|extension| COMPRESSED.iter().any(|known| extension == *known)));
    let mut command = Command::new("node");
    shell::run(command.args(["xtask/compress.mjs", mode.brotli_quality()]).args(all))
}
