//! Recovery codes: how somebody gets in whose app is lost. Ten are shown once; each is good once. They are of 80 bits, so
//! nobody guesses them; what is kept is keyed with the key file all the same, as it is for every code that is typed.

use crate::{
    db::{Conn, Tx},
    domain::{base32, ctx::Ctx, error::Result, second_factor::store, secrets::new_typed},
    model::id::UserId,
};

/// How many somebody has at first.
pub const CODES: usize = 10;
/// Letters of one, without the hyphens between them.
const LETTERS: usize = 16;

/// Makes somebody's codes anew, in place of those before.
pub async fn make(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..CODES).map(|_| new_typed()).collect();
    store::clear_recovery(tx, user).await?;
    for code in &codes {
        store::put_recovery(tx, (user, &hash(ctx, user, &letters(code))), ctx.now()).await?;
    }
    Ok(codes)
}

/// Takes a code of this person; `false` where it is none of theirs, or was taken before. Of two at once, one takes it.
pub async fn take(ctx: &Ctx, tx: &mut Tx, user: UserId, typed: &str) -> Result<bool> {
    let letters = letters(typed);
    if letters.len() != LETTERS {
        return Ok(false);
    }
    Ok(store::take_recovery(tx, (user, &hash(ctx, user, &letters)), ctx.now()).await?)
}

/// How many of somebody's codes are left.
pub async fn left(conn: &mut Conn, user: UserId) -> Result<i64> {
    Ok(store::recovery_left(conn, user).await?)
}

/// What was typed, as it was shown: without what stands between the letters, and those that are misread made right.
fn letters(typed: &str) -> String {
    let read = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    typed.chars().map(read).filter(|letter| base32::bits(*letter).is_some()).take(2 * LETTERS).collect()
}

fn hash(ctx: &Ctx, user: UserId, letters: &str) -> Vec<u8> {
    ctx.services.key.mac("recovery code", &[user.0.as_bytes(), letters.as_bytes()].concat()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = "0123-4567-89AB-CDEF";
        for typed in [code, "0123456789abcdef", "o l 23 4567 89ab cdef", " oi23-4567-89AB-CDEF "] {
            assert_eq!(letters(typed).replace(' ', ""), letters(code), "{typed}");
        }
        assert_eq!(letters(&new_typed()).len(), LETTERS);
    }
}
