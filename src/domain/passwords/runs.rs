//! Runs on a keyboard or in an alphabet, such as `qwertz`, `54321`, `1q2w3e` and `zaq1xsw2`.

/// What fingers and tongues walk along, forwards or backwards; each goes on at its beginning.
const LINES: [&str; 22] = [
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    // Rows, from one to the next: qwerty, qwertz and azerty, then with the signs at their ends.
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "qwertzuiopüasdfghjklöäyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
    "1234567890ß´qwertzuiopü+asdfghjklöä#yxcvbnm,.-",
    "&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!",
    "!@#$%^&*()_+",
    "!\"§$%&/()=?",
    // Columns, with the digits above them and without.
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik9ol0p",
    "qaywsxedcrfvtgbzhnujmikolp",
    "1aqw2zsx3edc4rfv5tgb6yhn7uj8ik9ol0pm",
    "aqwzsxedcrfvtgbyhnujikolpm",
    // The number pad: its rows, its columns, its diagonals.
    "789456123",
    "147258369",
    "159",
    "357",
];

/// The bit of a step that stays where it is. Each line has two others: a step on and a step back.
const STAY: u64 = 1 << 63;
/// This many runs may be interlaced: two in `1q2w3e`, four in `1qaz2wsx`.
const STRIDES: usize = 4;
/// Fewer characters than this are no run: two neighbours are in every other word.
const LEAST: usize = 3;

/// The only runs of three letters: others, such as `fed`, are in sentences.
const THREES: [&str; 14] =
    ["abc", "xyz", "qwe", "asd", "zxc", "rty", "qaz", "wsx", "edc", "aze", "qsd", "wxc", "qay", "yxc"];

/// For each place of `text`, the lengths of the runs that begin there: bit 3 for three characters.
///
/// Lengths that shorter ones add up to are left out, because a part of a run is a run.
pub fn lengths(text: &[char]) -> Vec<u32> {
    let places: Vec<_> = text.iter().map(|key| LINES.map(|line| line.chars().position(|c| c == *key))).collect();
    let mut lengths = vec![0; text.len()];
    for stride in 1..=STRIDES {
        let step = |at: usize| if text[at] == text[at - stride] { STAY } else { 0 };
        let steps: Vec<_> =
            (stride..text.len()).map(|at| step(at) | moves(&places[at - stride], &places[at])).collect();
        for (at, lengths) in lengths.iter_mut().enumerate() {
            let longest = (2 * LEAST * stride + 1).min(text.len() - at);
            let reached = reach(steps.get(at..).unwrap_or_default(), stride).min(longest);
            let least = if stride == 1 && is_spelt(&text[at..]) { LEAST + 1 } else { LEAST * stride };
            (least..=reached).for_each(|length| *lengths |= 1 << length);
        }
    }
    lengths
}

/// How many characters keep to a line and a direction, each as many places from its neighbour as `stride` says.
fn reach(steps: &[u64], stride: usize) -> usize {
    let mut common = [u64::MAX; STRIDES];
    let broken = steps.iter().take(2 * LEAST * stride + 1).enumerate().position(|(at, step)| {
        common[at % stride] &= step;
        common[at % stride] == 0
    });
    stride + broken.unwrap_or_else(|| steps.len().min(2 * LEAST * stride + 1))
}

/// Whether letters come first that are no well-known run by themselves: two of three or all.
fn is_spelt(text: &[char]) -> bool {
    let three: String = text.iter().take(LEAST).collect();
    let back: String = three.chars().rev().collect();
    let letters = three.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1
        && text.iter().take(LEAST).any(|c| *c != text[0])
        && !THREES.iter().any(|run| **run == three || **run == back)
}

/// The lines on which one key is next to another: an even bit where it comes after, an odd one where before.
fn moves(from: &[Option<usize>], to: &[Option<usize>]) -> u64 {
    let mut moves = 0;
    for (line, (from, to)) in from.iter().zip(to).enumerate() {
        let (Some(from), Some(to)) = (*from, *to) else { continue };
        let keys = LINES[line].chars().count();
        moves |= u64::from((from + 1) % keys == to) << (2 * line);
        moves |= u64::from((to + 1) % keys == from) << (2 * line + 1);
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether runs make up the whole of `text`.
    fn runs(text: &str) -> bool {
        let text: Vec<_> = text.chars().collect();
        let lengths = lengths(&text);
        let mut whole = vec![false; text.len() + 1];
        whole[text.len()] = true;
        for at in (0..text.len()).rev() {
            whole[at] = (LEAST..32).any(|n| lengths[at] >> n & 1 == 1 && whole[at + n]);
        }
        whole[0]
    }

    #[test]
    fn rows_columns_alphabets_and_digits_are_runs_in_both_directions() {
        for run in [
            "123456789012345",
            "aaaaaaaaaaaaaaa",
            "qwertyuiopasdfg",
            "qwertzuiopasdfg",
            "qwertzuiopüasdf",
            "azertyuiopqsdfg",
            "abcdefghijklmnopqrstuvwxyz",
            "1q2w3e4r5t6y7u8i9o0p",
            "q1w2e3r4t5z6u7i8o9p0",
            "a1b2c3d4e5f6g7h8",
            "1qaz2wsx3edc4rfv",
            "qazwsxedcrfvtgb",
            "1qazxsw23edcvfr4",
            "1qa2ws3ed4rf5tg",
            "147258369147258369",
            "121212121212121",
            "!@#$%^&*()_+!@#",
            "abc123qwe456asd",
        ] {
            assert!(runs(run), "{run}");
            assert!(runs(&run.chars().rev().collect::<String>()), "{run} backwards");
        }
    }

    #[test]
    fn words_and_random_letters_are_none() {
        for word in [
            "assessed",
            "sweetwater",
            "loremipsum",
            "fedponrst",
            "hijacker",
            "poikjmnbz",
            "x7kq9vtm2",
            "ab",
            "tomtomclub",
        ] {
            assert!(!runs(word), "{word}");
        }
    }

    #[test]
    fn the_lines_fit_the_bits_of_a_step() {
        assert!(LINES.iter().all(|line| line.chars().count() > 2));
        assert!(2 * LINES.len() < 63 && 2 * LEAST * STRIDES + 1 < 32);
    }
}
