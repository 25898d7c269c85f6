//! `cargo xtask test`: every check there is, in the order of what fails soonest.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::postgres::Postgres;
use crate::progress::Steps;
use crate::site::{self, Mode};
use crate::{build, files, generate, prereq, shell};

const BROWSER_TESTS: &str = "end2end/tests";
const PROGRAM_TESTS: &str = "end2end/programs";

pub fn run(filter: Option<&str>) -> Result<()> {
    let mut steps = Steps::default();
    let result = match filter {
        None => everything(&mut steps),
        Some(filter) => matching(&mut steps, filter),
    };
    steps.print_summary();
    result
}

fn everything(steps: &mut Steps) -> Result<()> {
    steps.run("format", || shell::run(&mut shell::cargo(&["fmt", "--all", "--check"])?))?;
    steps.run("prerequisites", prereq::for_build)?;
    steps.run("site", || site::build(Mode::Release))?;
    steps.run("size budget", site::check_budget)?;
    steps.run("clippy, server", clippy_server)?;
    steps.run("clippy, browser", clippy_browser)?;
    let postgres = steps.run("start Postgres", Postgres::start)?;
    steps.run("tests", || cargo_test(&postgres, None))?;
    steps.run("release build", build::server)?;
    steps.run("generated files", generate::check)?;
    steps.run("clients of programs", || programs(None))?;
    browser(steps, &postgres, None)
}

/// The quick way round while working on one thing.
fn matching(steps: &mut Steps, filter: &str) -> Result<()> {
    let postgres = steps.run("start Postgres", Postgres::start)?;
    steps.run("tests", || cargo_test(&postgres, Some(filter)))?;
    let (in_browser, by_programs) = (has_test(BROWSER_TESTS, filter)?, has_test(PROGRAM_TESTS, filter)?);
    if in_browser || by_programs {
        steps.run("release build", build::product)?;
    }
    if by_programs {
        steps.run("clients of programs", || programs(Some(filter)))?;
    }
    if in_browser {
        browser(steps, &postgres, Some(filter))?;
    }
    Ok(())
}

fn clippy_server() -> Result<()> {
    let what = ["clippy", "--workspace", "--all-targets", "--features", "castellan/ssr"];
    shell::run(shell::cargo_once(&what)?.args(["--", "-D", "warnings"]))
}

fn clippy_browser() -> Result<()> {
    let what = ["clippy", "--lib", "--target", prereq::WASM, "--target-dir", "target/browser"];
    shell::run(shell::cargo_once(&what)?.args(["--features", "hydrate", "--", "-D", "warnings"]))
}

fn cargo_test(postgres: &Postgres, filter: Option<&str>) -> Result<()> {
    let what = ["test", "--workspace", "--features", "castellan/ssr"];
    let mut cargo = if filter.is_some() { shell::cargo(&what)? } else { shell::cargo_once(&what)? };
    cargo.args(filter).env("CASTELLAN_TEST_POSTGRES_URL", postgres.url());
    shell::run(&mut cargo)
}

/// Client libraries that others wrote, in Python, against the real binary.
fn programs(filter: Option<&str>) -> Result<()> {
    let binary = Path::new(build::BINARY).canonicalize().context("the release binary is missing")?;
    let mut pytest = Command::new(prereq::python()?);
    pytest.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", PROGRAM_TESTS]);
    pytest.args(filter.iter().flat_map(|filter| ["-k", filter])).env("CASTELLAN_BIN", binary);
    // Nothing is left beside the sources.
    shell::run(pytest.env("PYTHONDONTWRITEBYTECODE", "1"))
}

fn has_test(folder: &str, filter: &str) -> Result<bool> {
    let tests = files::walk(Path::new(folder))?;
    Ok(tests.iter().filter_map(|path| path.file_name()).any(|name| name.to_string_lossy().contains(filter)))
}

fn browser(steps: &mut Steps, postgres: &Postgres, filter: Option<&str>) -> Result<()> {
    steps.run("browser for the tests", || {
        prereq::node(20)?;
        prereq::chromium()
    })?;
    steps.run("browser tests", || {
        let binary = Path::new(build::BINARY).canonicalize().context("the release binary is missing")?;
        let mut playwright = shell::npm_bin("playwright");
        playwright.args(["test", "-c", "end2end/playwright.config.ts"]).args(filter);
        playwright.env("CASTELLAN_BIN", binary).env("CASTELLAN_TEST_POSTGRES_URL", postgres.url());
        // A report that opens itself keeps a failed run from ending.
        shell::run(playwright.env("PLAYWRIGHT_HTML_OPEN", "never"))
    })
}
