//! SQLite's file under a running server. An open file that somebody removes goes on taking writes, and all of them are
//! gone at the next start; so each write is acknowledged only while the file is the one at its path.

use std::{fs, io, os::unix::fs::MetadataExt, path::PathBuf};

use super::error::{DbError, Result};

/// The file as it was opened.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl DatabaseFile {
    /// Notes which file is at `path`.
    pub fn opened(path: PathBuf) -> io::Result<Self> {
        let identity = identity(&path)?;
        Ok(Self { path, identity })
    }

    /// Whether it is still there, before something is written.
    pub fn check(&self) -> Result<()> {
        self.require(identity(&self.path).is_ok_and(|found| found == self.identity))
    }

    /// Whether it is still there after something was written; and with it the log of what isn't in the file yet, which is
    /// beside it for as long as a connection is open that wrote.
    pub fn check_written(&self) -> Result<()> {
        self.check()?;
        self.require(self.log().exists())
    }

    fn require(&self, there: bool) -> Result<()> {
        match there {
            true => Ok(()),
            false => Err(DbError::Vanished(self.path.display().to_string())),
        }
    }

    /// The write-ahead log.
    fn log(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push("-wal");
        name.into()
    }
}

/// Device and number: a copy at the same path is another file.
fn identity(path: &PathBuf) -> io::Result<(u64, u64)> {
    let found = fs::metadata(path)?;
    Ok((found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_replaced_or_moved_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("x.db"), folder.path().join("x.db-wal"));
        fs::write(&path, "one").unwrap();
        fs::write(&log, "").unwrap();
        let file = DatabaseFile::opened(path.clone()).unwrap();
        assert!(file.check_written().is_ok());
        fs::copy(&path, folder.path().join("copy")).unwrap();
        fs::rename(folder.path().join("copy"), &path).unwrap();
        assert!(matches!(file.check(), Err(DbError::Vanished(_))), "another file is there now");
        let file = DatabaseFile::opened(path.clone()).unwrap();
        fs::remove_file(&log).unwrap();
        assert!(file.check().is_ok() && file.check_written().is_err(), "what isn't in the file yet is gone");
        fs::remove_file(&path).unwrap();
        assert!(file.check().is_err());
    }
}
