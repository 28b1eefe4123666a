//! Files: read with a bound, written whole or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, PersistError};
use zeroize::Zeroizing;

use crate::error::{Failure, Outcome};

/// Who may read a file that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Its owner only: keys and levels.
    Owner,
    /// Whom the user's umask lets: ciphertexts, public keys.
    Public,
}

/// Reads a file of at most `limit` bytes. The buffer is wiped on drop, since
/// the file may be a key.
pub(crate) fn read(path: &Path, limit: usize) -> Outcome<Zeroizing<Vec<u8>>> {
    let (file, length) = opened(path)?;
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let expected = usize::try_from(length).unwrap_or(limit).min(limit);
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected + 1));
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound)
        .read_to_end(&mut bytes)
        .map_err(|error| failed("read", path, &error))?;
    if bytes.len() > limit {
        let message = format!("larger than {limit} bytes, the most that is read of such a file");
        return Err(Failure::refused(message)
            .in_file(path)
            .hint("check which file goes where"));
    }
    Ok(bytes)
}

/// Opens a file of any length, to be read piece by piece.
pub(crate) fn open(path: &Path) -> Outcome<File> {
    opened(path).map(|(file, _)| file)
}

/// A file and its length.
fn opened(path: &Path) -> Outcome<(File, u64)> {
    let file = File::open(path).map_err(|error| failed("read", path, &error))?;
    let about = file
        .metadata()
        .map_err(|error| failed("read", path, &error))?;
    if about.is_dir() {
        let is_directory = Failure::internal("this is a directory; want a file").in_file(path);
        return Err(is_directory.hint("name a file in it"));
    }
    Ok((file, about.len()))
}

/// Reads a text file of at most `limit` bytes.
pub(crate) fn read_text(path: &Path, limit: usize) -> Outcome<String> {
    let bytes = read(path, limit)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let message = format!("not UTF-8 text, from byte {} on", error.valid_up_to());
        Failure::refused(message)
            .in_file(path)
            .hint("check which file goes where")
    })?;
    Ok(text.to_owned())
}

/// Writes a file whole: under a temporary name first, then renamed.
pub(crate) fn write(path: &Path, bytes: &[u8], access: Access) -> Outcome {
    let persist = |file: NamedTempFile| file.persist(path);
    write_then(path, bytes, access, persist)
}

/// Writes a file whole, unless there is one of that name already.
pub(crate) fn write_new(path: &Path, bytes: &[u8], access: Access) -> Outcome {
    let persist = |file: NamedTempFile| file.persist_noclobber(path);
    write_then(path, bytes, access, persist)
}

/// A file that is written piece by piece, under a temporary name until it is
/// whole.
pub(crate) struct Streamed {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Streamed {
    /// Starts a file at `path`; if there is one, only with `force`.
    pub(crate) fn create(path: &Path, force: bool) -> Outcome<Self> {
        if path.exists() && !force {
            return Err(exists(path));
        }
        let file = temporary_beside(path, Access::Public)?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::with_capacity(1 << 18, file),
        })
    }

    /// Gives the file its name, and gives the name back.
    pub(crate) fn keep(self) -> Outcome<PathBuf> {
        let Self { path, file } = self;
        let file = file
            .into_inner()
            .map_err(|error| failed("write", &path, error.error()))?;
        let synced = file.as_file().sync_all();
        synced.map_err(|error| failed("write", &path, &error))?;
        match file.persist(&path) {
            Ok(_) => Ok(path),
            Err(error) => Err(failed("write", &path, &error.error)),
        }
    }
}

impl Write for Streamed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Holds a file until the lock is dropped, so that of two commands that change
/// what belongs to it one waits for the other. The file must be one that is
/// never replaced, as writing does: a key, or a file made for it.
pub(crate) fn lock(path: &Path) -> Outcome<Lock> {
    let file = File::open(path).map_err(|error| failed("read", path, &error))?;
    file.lock().map_err(|error| failed("lock", path, &error))?;
    Ok(Lock { _file: file })
}

/// A file that is held.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Appends to a file, and returns when it is on disk.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Outcome {
    let open = File::options().append(true).open(path);
    let mut file = open.map_err(|error| failed("write", path, &error))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| failed("write", path, &error))
}

/// Cuts a file to a length.
pub(crate) fn cut(path: &Path, length: usize) -> Outcome {
    let open = File::options().write(true).open(path);
    let file = open.map_err(|error| failed("write", path, &error))?;
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let cut = file.set_len(length).and_then(|()| file.sync_all());
    cut.map_err(|error| failed("write", path, &error))
}

/// Deletes a folder and all that is in it, if it is there; whether it was.
pub(crate) fn delete_directory(path: &Path) -> Outcome<bool> {
    match fs::remove_dir_all(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("delete", path, &error)),
    }
}

/// Makes a directory, with its parents, if it is not there.
pub(crate) fn make_directory(path: &Path) -> Outcome {
    match fs::create_dir_all(path) {
        Ok(()) => Ok(()),
        Err(_) if path.exists() && !path.is_dir() => {
            Err(Failure::refused("this is a file; want a folder")
                .in_file(path)
                .hint("name a folder, which may be a new one"))
        }
        Err(error) => Err(failed("make", path, &error)),
    }
}

/// Whether others than its owner can read a file.
#[cfg(unix)]
pub(crate) fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

/// Whether others than its owner can read a file; not known here.
#[cfg(not(unix))]
pub(crate) fn others_can_read(_path: &Path) -> bool {
    false
}

fn write_then(
    path: &Path,
    bytes: &[u8],
    access: Access,
    persist: impl FnOnce(NamedTempFile) -> Result<File, PersistError>,
) -> Outcome {
    let mut file = temporary_beside(path, access)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.as_file().sync_all());
    written.map_err(|error| failed("write", path, &error))?;
    match persist(file) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(failed("write", path, &error.error)),
    }
}

/// An empty file with a name of its own, in the folder that `path` is to be in.
fn temporary_beside(path: &Path, access: Access) -> Outcome<NamedTempFile> {
    if path.is_dir() {
        let message = "this is a directory; want the name of a file to write";
        return Err(Failure::refused(message).in_file(path));
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        let folder = directory.display();
        let message = format!(
            "cannot write {}: there is no folder {folder}",
            path.display()
        );
        return Err(Failure::internal(message).hint(format!("make it first: mkdir {folder}")));
    }
    temporary(access)
        .tempfile_in(directory)
        .map_err(|error| failed("write", path, &error))
}

/// Refusal to overwrite.
pub(crate) fn exists(path: &Path) -> Failure {
    Failure::refused("exists already; it is not overwritten")
        .in_file(path)
        .hint("choose another place, or move the file away if nothing needs it any more")
}

#[cfg(unix)]
fn temporary(access: Access) -> Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match access {
        Access::Owner => 0o600,
        // The umask takes away from it, as for any new file.
        Access::Public => 0o666,
    };
    let mut builder = Builder::new();
    builder
        .prefix(".blindscore-")
        .permissions(fs::Permissions::from_mode(mode));
    builder
}

#[cfg(not(unix))]
fn temporary(_access: Access) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".blindscore-");
    builder
}

fn failed(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    let what = match error.kind() {
        ErrorKind::NotFound => "no such file or directory".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Failure::internal(format!("cannot {verb} {}: {what}", path.display()))
        .hint("check the path and who may use it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    #[test]
    fn a_file_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, b"12345", Access::Public).unwrap();
        assert_eq!(read(&path, 5).unwrap().as_slice(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().exit(), Exit::Refused);
    }

    #[test]
    fn new_files_never_overwrite_and_others_do() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write_new(&path, b"one", Access::Owner).unwrap();
        assert_eq!(
            write_new(&path, b"two", Access::Owner).unwrap_err().exit(),
            Exit::Refused
        );
        assert_eq!(read(&path, 9).unwrap().as_slice(), b"one");
        write(&path, b"three", Access::Owner).unwrap();
        assert_eq!(read(&path, 9).unwrap().as_slice(), b"three");
        // No temporary file is left behind.
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_the_owners_only_the_owner_reads() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, b"", Access::Owner).unwrap();
        assert!(!others_can_read(&path));
    }

    #[test]
    fn directories_and_absent_files_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        for path in [directory.path().to_owned(), directory.path().join("absent")] {
            assert_eq!(read(&path, 9).unwrap_err().exit(), Exit::Internal);
        }
    }
}
