//! Requests whose body is held back: rights are those of the moment in which it has come.

use super::{
    ADA, form,
    server::{Installation, on_both},
};

on_both! {
    fn a_body_that_was_held_back_has_no_old_rights(installation: Installation) {
        installation.set_up();
        installation.add_administrator("grace");
        let server = installation.serve();
        let browser = server.signed_in();
        let body = form(&[("fn", "/fn/users/create"), ("first_name", "Mallory"), ("email", "mallory@example.com"), ("role", "0000000000000000000000ADM1"), ("counts", "everywhere"), ("tenant", "00000000-0000-7000-8000-000000000001")]);
        let mut sent = browser.begin("/admin/users/new", body.len());
        sent.send(&body[..10]);
        // Another process, as another node would be.
        installation.run(&["user", "disable", ADA]);
        sent.send(&body[10..]);
        let answer = sent.answer().unwrap();
        assert_eq!((answer.status, answer.header("location").split('?').next()), (303, Some("/signin")), "{answer:?}");
        assert_eq!(installation.count("select count(*) from users where login = 'mallory@example.com'"), 0);
    }

    fn a_body_that_is_too_large_is_refused_by_a_page(installation: Installation) {
        installation.set_up();
        let server = installation.serve();
        let mut browser = server.signed_in();
        let answer = browser.post("/admin/roles/new", &"x".repeat(200_000));
        assert_eq!(answer.status, 413);
        assert!(answer.body.contains("larger than any form here") && answer.body.contains("<h1>"), "{}", answer.body);
    }
}
