//! The service under load: a process of its own, so that its memory is its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Fault;
use crate::options::Options;

/// How long it may take to stop.
const GRACE: Duration = Duration::from_secs(40);

/// A service.
pub(crate) struct Server {
    /// Where it answers.
    pub(crate) url: String,
    /// Its operator's token.
    pub(crate) token: String,
    /// Its process.
    pub(crate) pid: Option<u32>,
    own: Option<Own>,
}

/// A service that this tool started.
struct Own {
    child: Child,
    program: PathBuf,
    folder: TempDir,
    options: Vec<String>,
    database: Option<String>,
}

impl Server {
    /// The service that the options name, or one that is started.
    pub(crate) fn start(options: &Options) -> Result<Self, Fault> {
        if let (Some(url), Some(token)) = (&options.platform, &options.token) {
            let token = std::fs::read_to_string(token)
                .map_err(|error| format!("{}: {error}", token.display()))?;
            return Ok(Self {
                url: url.clone(),
                token,
                pid: options.pid,
                own: None,
            });
        }
        let folder = match &options.folder {
            None => TempDir::with_prefix("blindscore-load-")?,
            Some(folder) => TempDir::with_prefix_in("blindscore-load-", folder)?,
        };
        let mut told = vec![format!("--queue={}", options.queue)];
        told.extend(
            options
                .workers
                .map(|workers| format!("--workers={workers}")),
        );
        let program = match &options.program {
            Some(program) => program.clone(),
            None => beside()?,
        };
        let database = options.database.clone();
        let (child, url) = spawn(&program, folder.path(), &told, database.as_deref())?;
        let token = std::fs::read_to_string(folder.path().join("operator.token"))?;
        Ok(Self {
            url,
            token,
            pid: Some(child.id()),
            own: Some(Own {
                child,
                program,
                folder,
                options: told,
                database,
            }),
        })
    }

    /// Stops it as an operator would, and starts it again on what it kept:
    /// whether it is a service of this tool's.
    pub(crate) fn restart(&mut self) -> Result<bool, Fault> {
        let Some(own) = &mut self.own else {
            return Ok(false);
        };
        stop(&mut own.child)?;
        let folder = own.folder.path();
        let (child, url) = spawn(&own.program, folder, &own.options, own.database.as_deref())?;
        self.pid = Some(child.id());
        (own.child, self.url) = (child, url);
        Ok(true)
    }

    /// Bytes that it keeps in its folder.
    pub(crate) fn disk(&self) -> Option<u64> {
        let own = self.own.as_ref()?;
        Some(size(own.folder.path()))
    }

    /// Ends it.
    pub(crate) fn stop(mut self) -> Result<(), Fault> {
        match &mut self.own {
            Some(own) => stop(&mut own.child),
            None => Ok(()),
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // One that was stopped is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program that was built with this one.
fn beside() -> Result<PathBuf, Fault> {
    let program = std::env::current_exe()?;
    let program = program.with_file_name(format!("blindscore{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    let shown = program.display();
    Err(format!("{shown} is not there: build it (cargo build --release), or give --program").into())
}

fn spawn(
    program: &Path,
    folder: &Path,
    options: &[String],
    database: Option<&str>,
) -> Result<(Child, String), Fault> {
    // Logs are written as they would be, to where they disturb nobody.
    let logs = folder.join("serve.log");
    let file = File::options().create(true).append(true).open(&logs)?;
    let mut command = Command::new(program);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder)
        // All of the load comes from one address and few keys.
        .args(["--rate", "1000000", "--burst", "1000000"])
        .args(options)
        .env_remove("BLINDSCORE_OBJECTS")
        .env_remove("BLINDSCORE_DATABASE")
        .env_remove("BLINDSCORE_DATABASE_FILE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(file);
    if let Some(url) = database {
        // Where no list of processes shows it.
        command.env("BLINDSCORE_DATABASE", url);
    }
    let mut child = command.spawn().map_err(|error| {
        let program = program.display();
        format!("{program} cannot be started: {error}")
    })?;
    let Some(out) = child.stdout.take() else {
        return Err("the service has no output".into());
    };
    let mut lines = BufReader::new(out).lines();
    while let Some(line) = lines.next().transpose()? {
        if let Some(url) = line.trim().strip_prefix("address") {
            let url = url.trim().to_owned();
            // The rest is read, so that it never waits for us.
            std::thread::spawn(move || lines.count());
            return Ok((child, url));
        }
    }
    let ended = child.wait()?;
    let said = std::fs::read_to_string(&logs).unwrap_or_default();
    Err(format!("the service did not start ({ended}):\n{said}").into())
}

/// Asks it to stop, and waits until it did.
fn stop(child: &mut Child) -> Result<(), Fault> {
    let asked = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    if !asked.is_ok_and(|asked| asked.success()) {
        // A system without such a program.
        child.kill()?;
        child.wait()?;
        return Ok(());
    }
    let start = Instant::now();
    loop {
        if let Some(ended) = child.try_wait()? {
            return match ended.success() {
                true => Ok(()),
                false => Err(format!("the service ended badly: {ended}").into()),
            };
        }
        if start.elapsed() > GRACE {
            return Err(format!("the service did not stop in {GRACE:?}").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Bytes of all files below a folder. What goes away meanwhile counts nothing.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}
