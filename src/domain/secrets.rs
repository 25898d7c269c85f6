//! The installation's key and what is made with it; random tokens and their hashes.

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{AeadInOut, XChaCha20Poly1305};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{
    base32,
    clock::random_bytes,
    passwords::minimum::{MAX, Minimum},
};

/// 32 bytes in a file outside the database. Whoever has the database alone can't open what it seals.
pub struct SecretKey {
    file: [u8; 32],
    /// What the log's chain is made with: the first key file that the installation had, whatever came after it.
    chain: [u8; 32],
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// A key of known bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { file: bytes, chain: bytes }
    }

    /// Reads the key file; `None` where there is none.
    pub fn load(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => match bytes.try_into() {
                Ok(bytes) => Ok(Some(Self::from_bytes(bytes))),
                Err(_) => Err(io::Error::other("the secret key file must hold exactly 32 bytes")),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Makes the key file (mode 0600) where there is none. It is whole from the first moment that its name is there, so
    /// nobody reads half of it, and one that came meanwhile stays.
    pub fn make(path: &Path) -> io::Result<Self> {
        let new: [u8; 32] = random_bytes();
        let folder = folder_of(path);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        io::Write::write_all(&mut file, &new)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        fs::File::open(folder)?.sync_all()?;
        Ok(Self::from_bytes(new))
    }

    /// A keyed hash (HMAC-SHA-256) of `message` for one `purpose`.
    #[must_use]
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        hmac(&self.file, &[purpose.as_bytes(), &[0], message])
    }

    /// Like [`SecretKey::mac`], by the key of the log's chain, which outlives the key file.
    #[must_use]
    pub fn chain_mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        hmac(&self.chain, &[purpose.as_bytes(), &[0], message])
    }

    /// Seals what must be readable again (XChaCha20-Poly1305, a random nonce first). It opens for the same `purpose` only,
    /// so that a sealed value that is put into another row opens nothing.
    #[must_use]
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = random_bytes();
        let mut sealed = secret.to_vec();
        // Only a text of 256 GiB can't be sealed.
        let done = self.cipher().encrypt_in_place(&nonce.into(), purpose.as_bytes(), &mut sealed);
        done.unwrap_or_else(|_| unreachable!("no secret is that long"));
        [nonce.as_slice(), &sealed].concat()
    }

    /// What was sealed for this purpose by this key; `None` for anything else.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let mut secret = rest.to_vec();
        self.cipher().decrypt_in_place(&(*nonce).into(), purpose.as_bytes(), &mut secret).ok()?;
        Some(secret)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.mac("seal", b"").into())
    }

    /// The key of the log's chain, sealed, to be kept beside the log.
    #[must_use]
    pub fn sealed_chain(&self) -> Vec<u8> {
        self.seal(CHAIN, &self.chain)
    }

    /// The same key with the chain's own, which [`SecretKey::sealed_chain`] sealed; `None` where this key doesn't open it.
    #[must_use]
    pub fn with_chain(&self, sealed: &[u8]) -> Option<Self> {
        let chain = self.open(CHAIN, sealed)?.try_into().ok()?;
        Some(Self { file: self.file, chain })
    }

    /// Another key file's key, with the chain's of this one.
    #[must_use]
    pub const fn followed_by(&self, next: &Self) -> Self {
        Self { file: next.file, chain: self.chain }
    }

    /// What tells this installation's cookies from those of another on the same host: ports don't part cookies.
    #[must_use]
    pub fn installation(&self) -> String {
        hex(&self.mac("installation", b"")[..4])
    }

    /// The code that `/setup` asks for. Derived, not stored: every node prints the same, and so does every start.
    #[must_use]
    pub fn setup_code(&self) -> String {
        lettered(&self.mac("setup-code", b"")[..16])
    }
}

/// Bytes of a nonce of XChaCha20.
const NONCE: usize = 24;
const CHAIN: &str = "log's chain";

/// HMAC-SHA-256 over `parts`, one after the other.
#[must_use]
pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is accepted, so this can't fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Bytes as small hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folder that a file is in; a name alone is in the working folder.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A bearer secret: 256 random bits, URL-safe. Only its hash is kept.
#[must_use]
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// What a session's cookie carries: 128 random bits, as tower-sessions writes them. Only its hash is kept.
#[must_use]
pub fn new_session_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<16>())
}

/// A bearer secret of 32 hexadecimal digits: 128 random bits.
#[must_use]
pub fn new_digits() -> String {
    hex(&random_bytes::<16>())
}

/// What is typed once: 80 random bits in groups of four letters, none of which is misread.
#[must_use]
pub fn new_typed() -> String {
    lettered(&random_bytes::<16>())
}

/// A password that is typed once: the same, and as much more as is asked of passwords where it is for.
#[must_use]
pub fn new_temporary(least: Minimum) -> String {
    loop {
        let mut password = new_typed();
        while password.len() < least.length {
            password = format!("{password}-{}", new_typed());
        }
        password.truncate(MAX);
        // Small letters are the kind that is missing else; digits may be missing by chance.
        if least.kinds > 2 {
            let (head, tail) = password.split_at(password.len() / 2);
            password = format!("{head}{}", tail.to_lowercase());
        }
        if least.lacking(&password).is_none() {
            return password;
        }
    }
}

/// A letter for each byte, in groups of four.
fn lettered(bytes: &[u8]) -> String {
    in_fours(bytes.iter().map(|byte| base32::letter(usize::from(*byte))), "-")
}

/// What is typed or read aloud, in groups of four.
#[must_use]
pub fn in_fours(letters: impl Iterator<Item = char>, between: &str) -> String {
    letters.collect::<Vec<_>>().chunks(4).map(String::from_iter).collect::<Vec<_>>().join(between)
}

/// SHA-256; enough for secrets of full entropy, and for nothing else.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setup_code_is_the_same_for_the_same_key_only() {
        let code = SecretKey::from_bytes([7; 32]).setup_code();
        assert_eq!(code.len(), 19);
        assert_eq!(code, SecretKey::from_bytes([7; 32]).setup_code());
        assert_ne!(code, SecretKey::from_bytes([8; 32]).setup_code());
    }

    #[test]
    fn a_temporary_password_has_what_is_asked() {
        assert_eq!(new_temporary(Minimum::of(8)).len(), 19);
        for length in [8, 20, 39, 40, 128] {
            for kinds in 1..=4 {
                let least = Minimum { length, kinds };
                let (made, other) = (new_temporary(least), new_temporary(least));
                assert!(least.lacking(&made).is_none() && made.len() <= MAX && made != other, "{least:?}: {made}");
            }
        }
    }

    #[test]
    fn what_is_sealed_opens_by_the_same_key_for_the_same_purpose() {
        let (key, other) = (SecretKey::from_bytes([7; 32]), SecretKey::from_bytes([8; 32]));
        let sealed = key.seal("a", b"secret");
        assert_eq!(key.open("a", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_ne!(sealed, key.seal("a", b"secret"), "another nonce each time");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert!(key.open("b", &sealed).is_none() && other.open("a", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("a", &changed).is_none(), "byte {at}");
            assert!(key.open("a", &sealed[..at]).is_none(), "{at} bytes");
        }
    }

    #[test]
    fn the_chain_keeps_its_key_when_the_file_is_another() {
        let (first, second) = (SecretKey::from_bytes([7; 32]), SecretKey::from_bytes([8; 32]));
        let both = first.followed_by(&second);
        assert_eq!(both.chain_mac("p", b"x"), first.chain_mac("p", b"x"));
        assert_eq!(both.mac("p", b"x"), second.mac("p", b"x"));
        let loaded = second.with_chain(&both.sealed_chain()).unwrap();
        assert_eq!(loaded.chain_mac("p", b"x"), first.chain_mac("p", b"x"));
        assert!(first.with_chain(&both.sealed_chain()).is_none());
    }

    #[test]
    fn the_key_file_is_made_once_whole_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        assert!(SecretKey::load(&path).unwrap().is_none());
        let made = SecretKey::make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(SecretKey::make(&path).is_err(), "a key that is there is never replaced");
        assert_eq!(made.file, SecretKey::load(&path).unwrap().unwrap().file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
        fs::write(&path, b"short").unwrap();
        assert!(SecretKey::load(&path).is_err());
    }
}
