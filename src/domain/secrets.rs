//! The installation's key and what is made with it; random tokens and their hashes.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{base32, clock::random_bytes};

/// 32 bytes in a file outside the database. Whoever has the database alone can't open what it seals.
pub struct SecretKey([u8; 32]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// A key of known bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the key file, or makes it (mode 0600) where there is none.
    pub fn load_or_create(path: &Path) -> io::Result<Self> {
        let new: [u8; 32] = random_bytes();
        match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => io::Write::write_all(&mut file, &new).map(|()| Self(new)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                let bytes = fs::read(path)?.try_into();
                bytes.map(Self).map_err(|_| io::Error::other("the secret key file must hold exactly 32 bytes"))
            }
            Err(e) => Err(e),
        }
    }

    /// A keyed hash (HMAC-SHA-256) of `message` for one `purpose`.
    #[must_use]
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        // A key of any length is accepted, so this can't fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// The code that `/setup` asks for. Derived, not stored: every node prints the same, and so does every start.
    #[must_use]
    pub fn setup_code(&self) -> String {
        let mac = self.mac("setup-code", b"");
        let letters: Vec<char> = mac[..16].iter().map(|byte| base32::letter(usize::from(*byte))).collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
    }
}

/// A bearer secret: 256 random bits, URL-safe. Only its hash is kept.
#[must_use]
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
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
    fn the_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let made = SecretKey::load_or_create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(made.0, SecretKey::load_or_create(&path).unwrap().0);
        fs::write(&path, b"short").unwrap();
        assert!(SecretKey::load_or_create(&path).is_err());
    }
}
