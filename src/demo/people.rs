//! People made up from the lists: the same number is always the same person.

use super::names::{Name, Order, REGIONS, Region};
use crate::model::timestamp::Timestamp;

/// Domains that exist nowhere, so that no mail to these people reaches anybody.
const DOMAINS: [&str; 6] =
    ["harbour-books.example", "kestrel.example", "lumen.example", "mail.example", "orchard.example", "post.example"];
/// What the form that makes users allows in one name.
const NAME_MAX: usize = 100;
/// Over how long the people came.
const THREE_YEARS: i64 = 3 * 365 * 24 * 3600 * 1000;

/// A small generator (splitmix64): the same seed gives the same throws on every machine and in every version.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one numbered thing.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number.wrapping_mul(0xd134_2543_de82_ef95) ^ 0xca57_e11a_0000_0001)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True so many times in a hundred.
    pub const fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of `things`, which aren't empty.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u64) as usize]
    }

    /// A share from 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.below(1 << 32) as f64 / f64::from(u32::MAX)
    }
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Given names.
    pub first_name: String,
    /// Family names; some people have none.
    pub last_name: String,
    /// The full name in the order of its region.
    pub display_name: String,
    /// ASCII, and unlike everybody else's because it ends in the number.
    pub email: String,
    /// From the ranges that are set aside for fiction.
    pub phone: Option<String>,
}

impl Person {
    /// The person with this number.
    #[must_use]
    pub fn numbered(number: u64) -> Self {
        let mut dice = Dice::new(number);
        let region = dice.pick(&REGIONS);
        let (given, family) = (dice.pick(&region.given), dice.pick(&region.family));
        let (first_name, last_name) = wording(&mut dice, region, given, family);
        let domain = dice.pick(&DOMAINS);
        let email = match last_name.is_empty() {
            true => format!("{}{number}@{domain}", given.ascii),
            false => format!("{}.{}{number}@{domain}", given.ascii, family.ascii),
        };
        let phone = phone(&mut dice);
        Self { display_name: region.order.full(&first_name, &last_name), first_name, last_name, email, phone }
    }
}

/// Mostly one given and one family name; some have one name, two of either, or so many that they fill a page.
fn wording(dice: &mut Dice, region: &Region, given: &Name, family: &Name) -> (String, String) {
    let plain = region.order == Order::Joined;
    let (mut first, mut last) = (given.text.clone(), family.text.clone());
    match dice.below(100) {
        0..=2 => last.clear(),
        3..=12 if !plain => extend(dice, &mut first, &region.given, (1, " ")),
        13..=18 if !plain => extend(dice, &mut last, &region.family, (1, "-")),
        19 if !plain => {
            extend(dice, &mut first, &region.given, (6, " "));
            extend(dice, &mut last, &region.family, (5, " "));
        }
        _ => {}
    }
    (first, last)
}

/// Appends more names as long as the whole may be stored.
fn extend(dice: &mut Dice, name: &mut String, names: &[Name], (times, joint): (usize, &str)) {
    for _ in 0..times {
        let more = &dice.pick(names).text;
        if name.chars().count() + joint.len() + more.chars().count() <= NAME_MAX {
            name.push_str(joint);
            name.push_str(more);
        }
    }
}

fn phone(dice: &mut Dice) -> Option<String> {
    match dice.below(5) {
        0 | 1 => Some(format!("+1 {} 555 01{:02}", dice.pick(&["202", "312", "415", "617"]), dice.below(100))),
        2 => Some(format!("+44 20 7946 0{:03}", dice.below(1000))),
        _ => None,
    }
}

/// What happened to somebody's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether they chose a password; without one they are pending.
    pub has_password: bool,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// When they were locked out.
    pub disabled_at: Option<Timestamp>,
}

impl Life {
    /// The life of the person at `place` of `of`. People come one after another over three years: ids, numbers
    /// and dates then rise together, as they do in an installation that has grown.
    #[must_use]
    pub fn at(now: Timestamp, (place, of): (u64, u64), dice: &mut Dice) -> Self {
        let age = THREE_YEARS - (THREE_YEARS as f64 * (place as f64 + dice.share()) / of as f64) as i64;
        let created_at = Timestamp(now.0 - age.max(0));
        let fate = dice.below(100);
        let (pending, disabled) = (fate < 5, (5..8).contains(&fate));
        let disabled_at = disabled.then(|| between(created_at, now, dice.share()));
        // 84 % of the 95 % who have a password are 80 % of all; the cube brings most of them close to today.
        let signed_in = !pending && dice.percent(84);
        let until = disabled_at.unwrap_or(now);
        let signed_in_at = signed_in.then(|| between(created_at, until, 1.0 - dice.share().powi(3)));
        Self { created_at, has_password: !pending, signed_in_at, disabled_at }
    }
}

/// The moment that lies at `share` of the way.
#[must_use]
pub fn between(from: Timestamp, to: Timestamp, share: f64) -> Timestamp {
    Timestamp(from.0 + ((to.0 - from.0) as f64 * share) as i64)
}
