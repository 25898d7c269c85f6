//! A flood of sign-ins: the memory of hashing is bounded, and comes back.

use super::{form, server::Installation, until};

const MIB: u64 = 1024;

#[test]
fn a_flood_of_sign_ins_takes_bounded_memory_that_comes_back() {
    let installation = Installation::sqlite();
    installation.set_up();
    let server = installation.serve();
    assert_eq!(server.stranger().get("/signin").status, 200);
    let fresh = server.memory("VmRSS:");
    let visitors: Vec<_> = (0..60)
        .map(|n| {
            let mut stranger = server.stranger();
            std::thread::spawn(move || {
                let body = form(&[("email", &format!("n{n}@example.com")), ("password", "wrong")]);
                (0..4).map(|_| stranger.post("/signin", &body).status).collect::<Vec<_>>()
            })
        })
        .collect();
    let answers: Vec<u16> = visitors.into_iter().flat_map(|visitor| visitor.join().unwrap()).collect();
    assert!(answers.iter().all(|status| matches!(status, 401 | 429 | 503)), "{answers:?}");
    assert!(answers.iter().filter(|status| **status == 401).count() >= 60, "{answers:?}");
    let peak = server.memory("VmHWM:");
    let at_once = std::thread::available_parallelism().unwrap().get().min(4) as u64;
    println!(
        "fresh {} MiB, peak {} MiB, bound {} MiB, right after {} MiB",
        fresh / MIB,
        peak / MIB,
        fresh / MIB + 19 * at_once + 40,
        server.memory("VmRSS:") / MIB
    );
    assert!(peak <= fresh + (19 * at_once + 40) * MIB, "fresh {fresh} KiB, peak {peak} KiB");
    until("the memory has come back", || server.memory("VmRSS:") <= fresh + 20 * MIB);
}
