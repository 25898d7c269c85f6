//! The installation's key and what is made with it; random tokens and their hashes.

use std::{fs, io, path::Path};

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

    /// Reads the key file; `None` where there is none.
    pub fn load(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => match bytes.try_into() {
                Ok(bytes) => Ok(Some(Self(bytes))),
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
        Ok(Self(new))
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

    /// What tells this installation's cookies from those of another on the same host: ports don't part cookies.
    #[must_use]
    pub fn installation(&self) -> String {
        hex(&self.mac("installation", b"")[..4])
    }

    /// The code that `/setup` asks for. Derived, not stored: every node prints the same, and so does every start.
    #[must_use]
    pub fn setup_code(&self) -> String {
        let mac = self.mac("setup-code", b"");
        let letters: Vec<char> = mac[..16].iter().map(|byte| base32::letter(usize::from(*byte))).collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
    }
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
    fn the_key_file_is_made_once_whole_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        assert!(SecretKey::load(&path).unwrap().is_none());
        let made = SecretKey::make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(SecretKey::make(&path).is_err(), "a key that is there is never replaced");
        assert_eq!(made.0, SecretKey::load(&path).unwrap().unwrap().0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
        fs::write(&path, b"short").unwrap();
        assert!(SecretKey::load(&path).is_err());
    }
}
