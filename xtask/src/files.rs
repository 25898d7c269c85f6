//! Walking, copying and hashing files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Every file below a folder, sorted; nothing when the folder isn't there.
pub fn walk(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if dir.is_dir() {
        collect(dir, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", dir.display()))?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Copies what is in `from` into `to`, which may hold other files already.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for file in walk(from)? {
        copy(&file, &to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        make_dir(parent)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

pub fn make_dir(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))
}

/// The folder, empty: nothing of an earlier build may survive in it.
pub fn fresh_dir(dir: &Path) -> Result<()> {
    remove_dir(dir)?;
    make_dir(dir)
}

pub fn remove_dir(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    Ok(())
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// One hash over names and contents, and over `salt`: whatever else decides
/// the result that the files go into.
pub fn hash_files(files: &[PathBuf], salt: &str) -> Result<String> {
    let mut hasher = Sha256::new();
    add(&mut hasher, salt.as_bytes());
    for file in files {
        add(&mut hasher, file.as_os_str().as_encoded_bytes());
        add(&mut hasher, &read(file)?);
    }
    Ok(hex(&hasher.finalize()))
}

/// Each item goes in with its length, or two different lists could run
/// together to the same bytes.
fn add(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// `castellan.js` becomes `castellan.1a2b3c4d.js`: a name that changes with
/// the content, so that browsers may keep the file for ever.
pub fn hashed_name(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let hash = hex(&Sha256::digest(bytes));
    format!("{stem}.{}.{extension}", &hash[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashed_name_follows_the_content() {
        let name = hashed_name("castellan", "js", b"abc");
        assert_eq!(name, "castellan.ba7816bf.js");
        assert_ne!(name, hashed_name("castellan", "js", b"abd"));
    }

    #[test]
    fn the_salt_is_part_of_a_hash() -> Result<()> {
        assert_ne!(hash_files(&[], "dev")?, hash_files(&[], "release")?);
        Ok(())
    }
}
