//! Where every command says what it says: lines for people, or one JSON object with `--json`, also where it failed.
//! A reader that goes away early (`castellan who-can … | head`) is no failure: it has read what it wanted.

use std::{
    io::{self, BufWriter, ErrorKind, Stdout, Write},
    process::ExitCode,
};

use serde_json::{Value, json};

/// What a command says: text for people and an object for programs.
pub(super) struct Said(pub(super) String, pub(super) Value);

/// Why a command ends early.
pub(super) enum Failure {
    /// It was refused or failed: what to tell people on standard error, and the object for programs.
    Told(String, Value),
    /// Its words could not be written.
    Output(io::Error),
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        let object = json!({"error": reason});
        Self::Told(reason, object)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        error.to_string().into()
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Standard output.
pub(super) struct Out {
    json: bool,
    stdout: BufWriter<Stdout>,
    /// Members of a list written so far, while it is open.
    members: Option<usize>,
}

impl Out {
    pub(super) fn new(json: bool) -> Self {
        Self { json, stdout: BufWriter::new(io::stdout()), members: None }
    }

    /// Says all that there is to say.
    pub(super) fn say(&mut self, Said(text, object): &Said) -> io::Result<()> {
        match self.json {
            true => writeln!(self.stdout, "{object}"),
            false => writeln!(self.stdout, "{text}"),
        }
    }

    /// Begins a list that is written while it is read: for programs the object `about` with, last, the array `list`.
    pub(super) fn open(&mut self, about: &Value, list: &str) -> io::Result<()> {
        self.members = Some(0);
        match self.json {
            true => write!(self.stdout, "{},{}:[", about.to_string().trim_end_matches('}'), json!(list)),
            false => Ok(()),
        }
    }

    /// Says to people, after a list, what its object has said to programs before it.
    pub(super) fn after(&mut self, line: &str) -> io::Result<()> {
        match self.json {
            true => Ok(()),
            false => writeln!(self.stdout, "{line}"),
        }
    }

    /// Says one member of the open list.
    pub(super) fn member(&mut self, Said(text, object): &Said) -> io::Result<()> {
        let before = self.members.unwrap_or_default();
        self.members = Some(before + 1);
        match (self.json, before) {
            (true, 0) => write!(self.stdout, "{object}"),
            (true, _) => write!(self.stdout, ",{object}"),
            (false, _) => writeln!(self.stdout, "{text}"),
        }
    }

    /// Lets the reader have what was said so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    /// Ends the program: 0 done, 1 refused or failed.
    pub(super) fn end(mut self, ended: Result<(), Failure>) -> ExitCode {
        let (written, code) = match ended {
            Ok(()) => (self.close(None), ExitCode::SUCCESS),
            Err(Failure::Output(error)) => (Err(error), ExitCode::SUCCESS),
            Err(Failure::Told(reason, object)) => {
                complain(&reason);
                (self.close(Some(&object)), ExitCode::FAILURE)
            }
        };
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                complain(&format!("the answer can't be written: {error}"));
                ExitCode::FAILURE
            }
            _ => code,
        }
    }

    /// Completes the object for programs, with what went wrong if something did.
    fn close(&mut self, failure: Option<&Value>) -> io::Result<()> {
        let failure = failure.map(ToString::to_string);
        match (self.json, self.members.take(), failure) {
            (true, Some(_), None) => writeln!(self.stdout, "]}}")?,
            (true, Some(_), Some(object)) => writeln!(self.stdout, "],{}", object.trim_start_matches('{'))?,
            (true, None, Some(object)) => writeln!(self.stdout, "{object}")?,
            _ => {}
        }
        self.flush()
    }
}

/// Standard error may be closed as well.
fn complain(reason: &str) {
    let _ = writeln!(io::stderr(), "castellan: {reason}");
}

/// Help and the version, which are 0, or wrong usage, which is 2.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let first = text.split("\n\n").next().and_then(|first| first.strip_prefix("error: "));
        let words = first.unwrap_or("a command is missing").split_whitespace().collect::<Vec<_>>();
        // Nobody may be listening; the exit code tells the same.
        let _ = writeln!(io::stdout(), "{}", json!({"error": words.join(" ")}));
    }
    let _ = error.print();
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}
