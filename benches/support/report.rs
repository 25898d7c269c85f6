//! What was measured, as Markdown for docs/performance.md.

use std::{fmt::Write, fs, time::Duration};

use super::{
    installation::Memory,
    load::{Case, Connections, Measured, Outcome, median, quantile},
};

pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    format!("{} cores of {}", cores, model.trim_start_matches([' ', '\t', ':']))
}

pub fn starts(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share| quantile(times, share).as_secs_f64() * 1e3;
    let (least, middle, most) = (at(0.0), at(0.5), at(1.0));
    format!("- start to first answer: {middle:.0} ms (median of {}; {least:.0} to {most:.0} ms)", times.len())
}

pub fn memory(when: &str, memory: Memory) -> String {
    let Memory { resident, proportional, peak } = memory;
    format!("- memory, {when}: {resident:.1} MiB resident, {proportional:.1} MiB proportional, peak {peak:.1} MiB")
}

/// Every target's rate and times; the bare handlers stand below the request they answer.
pub fn rates(cases: &[Case], outcomes: &[Vec<Outcome>], [_, several]: Connections) -> String {
    let mut table = format!(
        "| Request | 1 connection: per second | p50 ms | p99 ms | processor ms | {several} connections: per second | p50 ms \
         | p99 ms | processor ms |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (case, outcomes) in cases.iter().zip(outcomes) {
        let names = [case.name.as_str(), "… bare handler", "… bare handler that finds the caller"];
        for (name, outcome) in names.iter().zip(outcomes) {
            let [one, four] = outcome.0.each_ref().map(cells);
            let _ = writeln!(table, "| {name} | {one} | {four} |");
        }
    }
    table
}

fn cells(measured: &Measured) -> String {
    let mut times = measured.times.clone();
    times.sort_unstable();
    let ms = |share| quantile(&times, share).as_secs_f64() * 1e3;
    let (rate, work) = (median(&measured.rates), median(&measured.work));
    format!("{rate:.0} | {:.2} | {:.2} | {work:.2}", ms(0.5), ms(0.99))
}

/// What part of the bare handlers' rates the real server reaches.
pub fn ratios(cases: &[Case], outcomes: &[Vec<Outcome>]) -> String {
    let mut table = String::from(
        "| Of the bare handler's | rate, 1 connection | rate, 4 connections | work | rate with the caller's queries, \
         1 connection | 4 connections | work |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for (case, outcomes) in cases.iter().zip(outcomes) {
        if let [real, bare @ ..] = outcomes.as_slice()
            && !bare.is_empty()
        {
            let cells: Vec<String> = bare.iter().map(|bare| compared(real, bare)).collect();
            let _ = writeln!(table, "| {} | {} |", case.name, cells.join(" | "));
        }
    }
    table
}

fn compared(real: &Outcome, bare: &Outcome) -> String {
    let [(one, bare_one), (four, bare_four)] = [(&real.0[0], &bare.0[0]), (&real.0[1], &bare.0[1])];
    // Work the other way round: the less the better.
    let ratios = [(&one.rates, &bare_one.rates), (&four.rates, &bare_four.rates), (&bare_four.work, &four.work)];
    ratios.map(|(of, by)| ratio(of, by)).join(" | ")
}

/// The median of the rounds' ratios: within a round both met the same machine.
fn ratio(of: &[f64], by: &[f64]) -> String {
    let rounds: Vec<f64> = of.iter().zip(by).map(|(of, by)| of / by).collect();
    format!("{:.0} %", median(&rounds) * 100.0)
}
