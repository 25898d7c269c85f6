//! What the server's log says of refusals at the usual level, and what it doesn't.

use super::{form, server::Installation, until};

#[test]
fn refusals_are_in_the_log_with_a_keyed_hash_of_the_login_and_nothing_that_was_typed() {
    let installation = Installation::sqlite();
    installation.set_up();
    let server = installation.serve();
    let mut stranger = server.stranger();
    for _ in 0..2 {
        let typed = form(&[("email", "somebody@example.com"), ("password", "my secret in the wrong box")]);
        assert_eq!(stranger.post("/signin", &typed).status, 401);
    }
    assert_eq!(stranger.get("/reset-password?code=guessed-code").status, 303);
    assert_eq!(stranger.get("/reset-password").status, 409);
    until("all is in the log", || server.log().contains("dead-link"));
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("wrong-password")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    let hash = |line: &str| line.split("login=").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(hash(lines[0]), hash(lines[1]), "one login is one hash");
    assert!(lines.iter().all(|line| line.contains("127.0.0.1")), "{log}");
    for typed in ["somebody", "secret", "guessed-code"] {
        assert!(!log.contains(typed), "{typed}: {log}");
    }
}
