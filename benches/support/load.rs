//! Asking, and noting how long it takes.

use std::{
    fs,
    net::SocketAddr,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use super::client::Client;

/// How many ask at once: one shows what a request costs, several what the machine's processors get done.
pub type Connections = [usize; 2];
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
    /// The process that answers.
    pub process: u32,
    /// Lines of headers, of which each request carries the next: who asks.
    pub headers: Vec<String>,
    pub path: String,
}

/// What one target did, for each entry of [`Connections`].
#[derive(Clone, Default)]
pub struct Outcome(pub [Measured; 2]);

#[derive(Clone, Default)]
pub struct Measured {
    /// Requests per second, round by round.
    pub rates: Vec<f64>,
    /// Milliseconds of processor that the server took for a request, round by round. Other programs on the machine
    /// disturb this less than anything else here.
    pub work: Vec<f64>,
    /// Of every request.
    pub times: Vec<Duration>,
}

/// Asks every target of every case in turn, round by round: whatever else slows the machine for a while slows all
/// of them, and every other round goes backwards, so that a steady drift cancels itself.
pub fn measure(cases: &[Case], connections: Connections) -> Vec<Vec<Outcome>> {
    let mut outcomes: Vec<_> = cases.iter().map(|case| vec![Outcome::default(); case.targets.len()]).collect();
    for round in 0..ROUNDS {
        for (case, outcomes) in cases.iter().zip(&mut outcomes) {
            for (way, connections) in connections.into_iter().enumerate() {
                let mut order: Vec<usize> = (0..case.targets.len()).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for i in order {
                    let target = &case.targets[i];
                    let before = processor_time(target.process);
                    let times = slice(target, connections);
                    outcomes[i].0[way].add(times, processor_time(target.process) - before);
                }
            }
        }
    }
    outcomes
}

impl Measured {
    fn add(&mut self, times: Vec<Vec<Duration>>, work: f64) {
        // Each connection's first answer was work, too.
        self.work.push(work / times.iter().map(|own| own.len() + 1).sum::<usize>() as f64);
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
    let mut client = Client::new(target.address, target.headers.first().map(String::as_str));
    client.get(&target.path).expect("an answer");
    ready.wait();
    let (mut times, began) = (Vec::with_capacity(4096), Instant::now());
    while began.elapsed() < SLICE || times.len() < AT_LEAST {
        if target.headers.len() > 1 {
            client.carry(&target.headers[times.len() % target.headers.len()]);
        }
        let asked = Instant::now();
        client.get(&target.path).expect("an answer");
        times.push(asked.elapsed());
    }
    times
}

/// Milliseconds that a process's threads have run. The bare handlers' process is the benchmark's own, whose asking
/// threads are gone whenever this is read.
fn processor_time(process: u32) -> f64 {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("Linux's /proc");
    let ran = threads.flatten().filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    ran.sum::<f64>() / 1e6
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
