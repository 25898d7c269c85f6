//! Asking, and noting how long it takes.

use std::{
    net::SocketAddr,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use super::client::Client;

/// How many ask at once: one shows what a request costs, four what the machine's processors get done.
pub const CONNECTIONS: [usize; 2] = [1, 4];
const ROUNDS: usize = 5;
/// How long each is asked in each round; at least twice.
const SLICE: Duration = Duration::from_millis(350);
const AT_LEAST: usize = 2;

/// One request that several servers answer; the first is the real one.
pub struct Case {
    pub name: String,
    pub targets: Vec<Target>,
}

pub struct Target {
    pub address: SocketAddr,
    pub cookie: String,
    pub path: String,
}

/// What one target did, for each entry of [`CONNECTIONS`].
#[derive(Clone, Default)]
pub struct Outcome(pub [Measured; 2]);

#[derive(Clone, Default)]
pub struct Measured {
    /// Requests per second, round by round.
    pub rates: Vec<f64>,
    /// Of every request.
    pub times: Vec<Duration>,
}

/// Asks every target of every case in turn, round by round: whatever else slows the machine for a while slows all
/// of them, and every other round goes backwards, so that a steady drift cancels itself.
pub fn measure(cases: &[Case]) -> Vec<Vec<Outcome>> {
    let mut outcomes: Vec<_> = cases.iter().map(|case| vec![Outcome::default(); case.targets.len()]).collect();
    for round in 0..ROUNDS {
        for (case, outcomes) in cases.iter().zip(&mut outcomes) {
            for (way, connections) in CONNECTIONS.into_iter().enumerate() {
                let mut order: Vec<usize> = (0..case.targets.len()).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for i in order {
                    outcomes[i].0[way].add(slice(&case.targets[i], connections));
                }
            }
        }
    }
    outcomes
}

impl Measured {
    fn add(&mut self, times: Vec<Vec<Duration>>) {
        // Connections that got fewer answers were slower, not idle: each ends by itself, so rates add up.
        self.rates.push(times.iter().map(|own| own.len() as f64 / own.iter().sum::<Duration>().as_secs_f64()).sum());
        self.times.extend(times.into_iter().flatten());
    }
}

/// The times of each connection.
fn slice(target: &Target, connections: usize) -> Vec<Vec<Duration>> {
    let ready = Barrier::new(connections);
    thread::scope(|scope| {
        let asking: Vec<_> = (0..connections).map(|_| scope.spawn(|| ask(target, &ready))).collect();
        asking.into_iter().map(|thread| thread.join().expect("answers")).collect()
    })
}

/// The first answer doesn't count: it wakes the connection on both sides.
fn ask(target: &Target, ready: &Barrier) -> Vec<Duration> {
    let mut client = Client::new(target.address, Some(&target.cookie));
    client.get(&target.path).expect("an answer");
    ready.wait();
    let (mut times, began) = (Vec::with_capacity(4096), Instant::now());
    while began.elapsed() < SLICE || times.len() < AT_LEAST {
        let asked = Instant::now();
        client.get(&target.path).expect("an answer");
        times.push(asked.elapsed());
    }
    times
}

/// The value below which `share` of the sorted values lie.
pub fn quantile<T: Copy>(sorted: &[T], share: f64) -> T {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}
