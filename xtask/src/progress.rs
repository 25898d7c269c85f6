//! What the reader of a long build sees: every step, its duration, and a table.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Announces a step, runs it, and says how long it took.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {title}");
    let start = Instant::now();
    let result = work()?;
    println!("    done in {}", seconds(start.elapsed()));
    Ok(result)
}

/// The title of a step that is slow only while its result does not exist yet.
pub fn title(what: &str, exists: bool, minutes: u32) -> String {
    if exists { what.to_owned() } else { format!("{what} (first time takes about {minutes} minutes)") }
}

pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// The steps of a test run, for the table at its end.
#[derive(Default)]
pub struct Steps {
    done: Vec<(String, Duration, bool)>,
}

impl Steps {
    /// Runs one step and notes its duration; its error gets the step's name.
    pub fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("==> {name}");
        let start = Instant::now();
        let result = work();
        let elapsed = start.elapsed();
        println!("    {} {}", if result.is_ok() { "done in" } else { "FAILED after" }, seconds(elapsed));
        self.done.push((name.to_owned(), elapsed, result.is_ok()));
        result.map_err(|error| error.context(format!("step \"{name}\" failed")))
    }

    pub fn print_summary(&self) {
        println!("\n{:<28} {:>9}", "step", "seconds");
        for (name, elapsed, passed) in &self.done {
            let verdict = if *passed { "" } else { "  FAILED" };
            println!("{name:<28} {:>9.1}{verdict}", elapsed.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, elapsed, _)| *elapsed).sum();
        println!("{:<28} {:>9.1}", "total", total.as_secs_f64());
    }
}
