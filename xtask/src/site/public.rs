//! The files of `public/`, which keep their names.

use std::path::Path;

use anyhow::Result;

use super::Mode;
use super::part::{Part, Recipe};
use crate::files;

pub fn part(mode: Mode) -> Result<Part> {
    let public = Path::new("public");
    let recipe = Recipe {
        name: "public",
        title: "copying the public files",
        mode,
        inputs: files::walk(public)?,
        options: Vec::new(),
    };
    recipe.make(|_, _, out| files::copy_tree(public, out))
}
