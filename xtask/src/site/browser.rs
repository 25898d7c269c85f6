//! The browser half: wasm, and the JavaScript that loads it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::Mode;
use super::part::{Part, Recipe};
use crate::{files, prereq, progress, shell};

/// The module that a page loads. It imports `./castellan.js`, which
/// wasm-bindgen makes, and finds the wasm's address in the page, so that no
/// name inside it has to be replaced.
const BOOT: &str = "src/islands/boot.js";

/// The language features that rustc's wasm uses and every browser of the last
/// years knows. wasm-opt rejects a module with a feature it isn't told of.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    // Again until nothing more goes: a quarter of a percent, of a budget that is nearly spent.
    "--converge",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

impl Mode {
    /// Dev leaves the debug sections out, because taking them through
    /// wasm-bindgen costs more time than compiling did.
    fn profile(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--profile", "wasm-release"],
            Self::Dev => &["--profile", "dev", "--config", "profile.dev.debug=false"],
        }
    }

    fn module(self) -> PathBuf {
        let folder = match self {
            Self::Release => "wasm-release",
            Self::Dev => "debug",
        };
        Path::new("target/browser").join(prereq::WASM).join(folder).join("castellan.wasm")
    }
}

/// Compiles the wasm module.
///
/// In a target folder of its own: with a shared one, this and the server's
/// build would evict each other's results.
pub fn compile(mode: Mode) -> Result<()> {
    let title = progress::title("building the browser half", mode.module().exists(), 4);
    progress::step(&title, || {
        let mut cargo = shell::cargo(&["build", "--lib", "--target", prereq::WASM])?;
        cargo.args(["--target-dir", "target/browser", "--features", "hydrate"]);
        shell::run(cargo.args(mode.profile()))
    })
}

pub fn part(mode: Mode) -> Result<Part> {
    if !Path::new(BOOT).is_file() {
        bail!("{BOOT} is missing: it starts the browser half");
    }
    let mut inputs = scripts()?;
    inputs.push(mode.module());
    let title = match mode {
        Mode::Release => "shrinking the browser half",
        Mode::Dev => "bundling the browser half",
    };
    Recipe { name: "browser", title, mode, inputs, options: Vec::new() }.make(|_, work, out| {
        bindgen(mode, work)?;
        let wasm = optimize(mode, work)?;
        let js = bundle(mode, work)?;
        for (file, extension) in [(wasm, "wasm"), (js, "js")] {
            let name = files::hashed_name("castellan", extension, &files::read(&file)?);
            files::copy(&file, &out.join("pkg").join(name))?;
        }
        Ok(())
    })
}

fn scripts() -> Result<Vec<PathBuf>> {
    let mut all = files::walk(Path::new("src/islands"))?;
    all.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    Ok(all)
}

/// As a library, because the command-line tool would have to be installed in
/// exactly the version that the module was compiled with.
fn bindgen(mode: Mode, work: &Path) -> Result<()> {
    let release = mode == Mode::Release;
    let mut bindgen = Bindgen::new();
    bindgen.web(true).context("wasm-bindgen refused its target")?;
    bindgen.input_path(mode.module()).out_name("castellan").typescript(false);
    bindgen.remove_name_section(release).remove_producers_section(release);
    bindgen.generate(work).context("wasm-bindgen failed")
}

fn optimize(mode: Mode, work: &Path) -> Result<PathBuf> {
    let module = work.join("castellan_bg.wasm");
    if mode == Mode::Dev {
        return Ok(module);
    }
    let smaller = work.join("castellan_opt.wasm");
    shell::run(shell::npm_bin("wasm-opt").args(WASM_OPT).arg(&module).arg("-o").arg(&smaller))?;
    Ok(smaller)
}

/// The scripts are copied beside wasm-bindgen's, where `./castellan.js` is.
fn bundle(mode: Mode, work: &Path) -> Result<PathBuf> {
    for script in scripts()? {
        files::copy(&script, &work.join(script.strip_prefix("src/islands")?))?;
    }
    let bundle = work.join("bundle.js");
    let mut esbuild = shell::npm_bin("esbuild");
    esbuild.arg(work.join("boot.js"));
    esbuild.args(["--bundle", "--format=esm", "--target=es2022", "--log-level=warning", "--legal-comments=none"]);
    esbuild.arg(format!("--outfile={}", bundle.display()));
    if mode == Mode::Release {
        esbuild.arg("--minify");
    }
    shell::run(&mut esbuild)?;
    Ok(bundle)
}
