//! `cargo xtask bench`: what docs/performance.md rests on. Starts the real binary on a database of its own, asks it
//! over loopback, and asks a bare handler with the same SQL beside it.
//!
//! `-- --users 10000` makes a smaller database; `CASTELLAN_BIN` measures another binary;
//! `CASTELLAN_TEST_POSTGRES_URL` adds the figures of Postgres.

#![expect(clippy::expect_used, clippy::panic, reason = "a bench may fail loudly")]

mod support;

use std::time::{Duration, Instant};

use support::{
    bare,
    client::Client,
    families::families,
    installation::{Installation, Server},
    load::{self, Case, Target},
    page::{self, Walk},
    postgres::Database,
    report,
};

/// Everybody's mail is at `example.*`, so this finds all; and one that finds few.
const BROAD: &str = "example";
const SELECTIVE: &str = "lindqvist";
const SHORT: &str = "ka";

const CONNECTIONS: load::Connections = [1, 4];
const STARTS: usize = 15;
const SETTLE: Duration = Duration::from_secs(5);
/// The page whose cost is held against the first one's.
const DEEP: usize = 1000;

fn main() {
    let began = Instant::now();
    let users = users();
    println!("# {}\n", report::machine());
    let installation = Installation::sqlite();
    fill(&installation, users);
    starts(&installation);
    let server = installation.serve();
    println!("{}", report::memory("idle, 5 s after the first answer", server.memory_after(SETTLE)));
    lists(&installation, &server, users);
    families(&installation, &server);
    println!("{}", report::memory("after all requests below", server.memory_after(Duration::ZERO)));
    drop(server);
    if let Some(database) = Database::make() {
        on_postgres(&Installation::postgres(&database), users);
    }
    println!("\nTook {} s.", began.elapsed().as_secs());
}

/// Argument `--users`; cargo's own `--bench` is passed over.
fn users() -> usize {
    let said = std::env::args().skip_while(|argument| argument != "--users").nth(1);
    said.map_or(100_000, |number| number.parse().expect("--users takes a number"))
}

fn fill(installation: &Installation, users: usize) {
    installation.set_up();
    let began = Instant::now();
    installation.run(&["demo", "--users", &users.to_string()]);
    let seconds = began.elapsed().as_secs_f64();
    println!("- filling: {users} users in {seconds:.1} s, {:.0} users/s", users as f64 / seconds);
}

/// From the command to the first page, on a database that is there.
fn starts(installation: &Installation) {
    let start = |_| {
        let began = Instant::now();
        let server = installation.serve();
        Client::new(server.address, None).get("/signin").expect("the sign-in page");
        began.elapsed()
    };
    let mut times: Vec<Duration> = (0..STARTS).map(start).collect();
    println!("{}", report::starts(&mut times));
}

fn lists(installation: &Installation, server: &Server, users: usize) {
    let cookie = server.sign_in();
    let bare = bare::Servers::start(&installation.database_file());
    let headers = vec![format!("cookie: {cookie}")];
    let target =
        |address, process, path: &str| Target { address, process, headers: headers.clone(), path: path.to_owned() };
    let case = |(name, asked): (String, Asked)| {
        let mut targets = vec![target(server.address, server.process(), &asked.path())];
        if let Asked::List(query) = &asked {
            let bare_path = format!("/admin/users/rows?{query}");
            targets.push(target(bare.list, std::process::id(), &bare_path));
            // Beside a search's own cost the caller's is lost in the noise.
            if !query.contains("q=") {
                targets.push(target(bare.with_caller, std::process::id(), &bare_path));
            }
            bare::assert_same_answers(&targets);
        }
        Case { name, targets }
    };
    let cases: Vec<Case> = requests(server, &cookie, users).into_iter().map(case).collect();
    let outcomes = load::measure(&cases, CONNECTIONS);
    println!("\n{}\n{}", report::rates(&cases, &outcomes, CONNECTIONS), report::ratios(&cases, &outcomes));
}

/// What is asked.
enum Asked {
    /// A page.
    Page(&'static str),
    /// The list as an island asks for it, by its query.
    List(String),
}

impl Asked {
    fn path(&self) -> String {
        match self {
            Self::Page(path) => (*path).to_owned(),
            Self::List(query) => page::listed(query),
        }
    }
}

/// What is asked, with a name for the table.
fn requests(server: &Server, cookie: &str, users: usize) -> Vec<(String, Asked)> {
    let deep = DEEP.min(users / 50);
    let walk = Walk::to(server.address, cookie, deep);
    let search = |words: &str| {
        let query = format!("q={words}");
        (format!("search `{words}`: {} found", walk.found(&query)), Asked::List(query))
    };
    vec![
        ("first page, HTML".into(), Asked::Page("/admin/users")),
        ("first page, JSON".into(), Asked::List(String::new())),
        (format!("page {deep}, JSON"), Asked::List(format!("after={}", walk.after))),
        ("newest sign-ins first, JSON".into(), Asked::List("sort=last-sign-in&order=desc".into())),
        search(SELECTIVE),
        search(BROAD),
        search(SHORT),
    ]
}

fn on_postgres(installation: &Installation, users: usize) {
    println!("\n## Postgres\n");
    fill(installation, users);
    installation.analyze();
    let server = installation.serve();
    let cookie = server.sign_in();
    let headers = vec![format!("cookie: {cookie}")];
    let target = |path| Target { address: server.address, process: server.process(), headers: headers.clone(), path };
    let case = |(name, asked): (String, Asked)| Case { name, targets: vec![target(asked.path())] };
    let cases: Vec<Case> = requests(&server, &cookie, users).into_iter().map(case).collect();
    println!("\n{}", report::rates(&cases, &load::measure(&cases, CONNECTIONS), CONNECTIONS));
}
