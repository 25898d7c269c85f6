//! Crockford's base 32: digits and letters without I, L, O and U, which are misread.
//! <https://www.crockford.com/base32.html>

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The letter of the lowest five bits.
#[must_use]
pub fn letter(bits: usize) -> char {
    ALPHABET[bits & 31] as char
}

/// The five bits of a letter.
#[must_use]
pub fn bits(letter: char) -> Option<usize> {
    ALPHABET.iter().position(|known| char::from(*known) == letter)
}
