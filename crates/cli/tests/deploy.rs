//! What is in `deploy/`, without an engine for containers: the commands that
//! stand there run, as they stand there but for folder and port; ports, paths,
//! users and secrets agree with each other and with the guide.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// Where the service keeps what, in image, compose file and unit.
const DATA: &str = "/var/lib/blindscore";
const URL: &str = "http://127.0.0.1:8440";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(file: &str) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The instructions of the Dockerfile, lines put together: of its last stage.
fn dockerfile() -> Vec<(String, String)> {
    let text = text("deploy/Dockerfile").replace("\\\n", " ");
    let lines = text.lines().map(str::trim);
    let instructions = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let instructions: Vec<_> = instructions
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            (name.to_owned(), rest.trim().to_owned())
        })
        .collect();
    let last = instructions.iter().rposition(|(name, _)| name == "FROM");
    instructions[last.unwrap()..].to_vec()
}

/// The value of the one instruction of this name.
fn instruction(name: &str) -> String {
    let all = dockerfile();
    let mut found = all.iter().filter(|(instruction, _)| instruction == name);
    let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "{name} twice");
    value.clone()
}

/// A command in exec form.
fn exec(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("not in exec form: {text}"))
}

fn compose() -> Value {
    serde_saphyr::from_str(&text("deploy/compose.yaml")).unwrap()
}

/// Strings of a list.
fn list(value: &Value) -> Vec<String> {
    let of = |value: &Value| value.as_str().unwrap().to_owned();
    let list = value.as_array();
    list.unwrap_or_else(|| panic!("no list: {value}"))
        .iter()
        .map(of)
        .collect()
}

/// The unit's settings; of one set several times, all.
fn unit() -> BTreeMap<String, Vec<String>> {
    let mut unit: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text("deploy/blindscore.service").lines() {
        if let Some((name, value)) = line.split_once('=')
            && !line.starts_with('#')
        {
            unit.entry(name.to_owned())
                .or_default()
                .push(value.to_owned());
        }
    }
    unit
}

/// A service run by a command of a deployment, in a folder of its own.
struct Deployed {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Deployed {
    /// Runs `blindscore` with these arguments, in which folder and address are
    /// replaced; nothing else is.
    fn run(arguments: &[String], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let replaced = arguments.iter().map(|argument| match argument.as_str() {
            DATA => data.to_str().unwrap().to_owned(),
            "0.0.0.0:8440" | "127.0.0.1:8440" => "127.0.0.1:0".to_owned(),
            other => other.to_owned(),
        });
        let mut child = Command::new(cargo_bin("blindscore"))
            .args(replaced)
            .env_clear()
            .envs(environment.iter().copied())
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("an address").unwrap();
            if let Some(url) = line.trim().strip_prefix("address") {
                break url.trim().to_owned();
            }
        };
        std::thread::spawn(move || lines.count());
        Self { child, url, folder }
    }

    /// Runs the deployment's check of health.
    fn health(&self, arguments: &[String]) -> Output {
        let replaced = arguments.iter().map(|argument| match argument.as_str() {
            URL => self.url.clone(),
            other => other.to_owned(),
        });
        Command::new(cargo_bin("blindscore"))
            .args(replaced)
            .env_clear()
            .output()
            .unwrap()
    }

    /// Asks it to stop, as engine and systemd do: whether it ended well.
    fn terminate(&mut self) -> bool {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program's arguments of a command that begins with the program.
fn arguments(command: &[String]) -> Vec<String> {
    let (program, arguments) = command.split_first().unwrap();
    assert!(program == "blindscore" || program == "/usr/local/bin/blindscore");
    arguments.to_vec()
}

#[test]
#[cfg(unix)]
fn the_image_serves_says_that_it_is_healthy_and_stops_when_asked() {
    assert_eq!(exec(&instruction("ENTRYPOINT")), ["blindscore"]);
    let command = exec(&instruction("CMD"));
    let health = instruction("HEALTHCHECK");
    let health = exec(health.split_once("CMD ").unwrap().1);
    let health = arguments(&health);
    let mut deployed = Deployed::run(&command, &[]);
    let answer = deployed.health(&health);
    assert!(answer.status.success(), "{answer:?}");
    assert!(deployed.folder.path().join("data/platform.db").is_file());
    assert!(deployed.terminate());
    let answer = deployed.health(&health);
    assert_eq!(answer.status.code(), Some(1), "{answer:?}");
}

#[test]
#[cfg(unix)]
fn the_composed_service_takes_its_database_from_a_secret() {
    let compose = compose();
    let platform = &compose["services"]["platform"];
    let secret = platform["environment"]["BLINDSCORE_DATABASE_FILE"].as_str();
    let name = secret.unwrap().strip_prefix("/run/secrets/").unwrap();
    assert!(list(&platform["secrets"]).contains(&name.to_owned()));
    // A file of the same form in its place.
    let secrets = tempfile::tempdir().unwrap();
    let file = secrets.path().join(name);
    let database = secrets.path().join("elsewhere.db");
    let url = format!("sqlite:{}?mode=rwc\n", database.display());
    std::fs::write(&file, url).unwrap();
    let environment = [("BLINDSCORE_DATABASE_FILE", file.to_str().unwrap())];
    let mut deployed = Deployed::run(&list(&platform["command"]), &environment);
    let health = list(&platform["healthcheck"]["test"]);
    assert_eq!(health[0], "CMD");
    let answer = deployed.health(&arguments(&health[1..]));
    assert!(answer.status.success(), "{answer:?}");
    assert!(database.is_file() && !deployed.folder.path().join("data/platform.db").exists());
    assert!(deployed.terminate());
}

#[test]
#[cfg(unix)]
fn the_unit_serves_and_stops_when_asked() {
    let unit = unit();
    let start = &unit["ExecStart"];
    assert_eq!(start.len(), 1);
    let command: Vec<_> = start[0].split(' ').map(str::to_owned).collect();
    let mut deployed = Deployed::run(&arguments(&command), &[]);
    let ready = ["platform", "ready", URL].map(str::to_owned);
    assert!(deployed.health(&ready).status.success());
    assert!(deployed.terminate());
}

#[test]
fn ports_paths_and_users_agree() {
    let (compose, unit) = (compose(), unit());
    let services = &compose["services"];
    let (platform, database) = (&services["platform"], &services["database"]);
    // One command, but for the address, which is the machine's own outside of containers.
    let command = exec(&instruction("CMD"));
    assert_eq!(list(&platform["command"]), command);
    let local: Vec<_> = command
        .iter()
        .map(|word| word.replace("0.0.0.0", "127.0.0.1"))
        .collect();
    let start = &unit["ExecStart"][0];
    assert_eq!(
        start.split(' ').skip(1).collect::<Vec<_>>(),
        local.iter().map(String::as_str).collect::<Vec<_>>()
    );
    assert!(command.contains(&DATA.to_owned()) && command.contains(&"0.0.0.0:8440".to_owned()));
    // Paths.
    assert_eq!(instruction("VOLUME"), DATA);
    assert_eq!(list(&platform["volumes"]), [format!("platform:{DATA}")]);
    assert_eq!(unit["StateDirectory"], ["blindscore"]);
    // Ports: the machine's loopback alone.
    assert_eq!(instruction("EXPOSE"), "8440");
    assert_eq!(list(&platform["ports"]), ["127.0.0.1:8440:8440"]);
    assert!(database.get("ports").is_none());
    // Users: nobody's own, never root.
    let run: Vec<_> = dockerfile()
        .into_iter()
        .filter(|(name, _)| name == "RUN")
        .collect();
    let user = instruction("USER");
    let (uid, gid) = user.split_once(':').unwrap();
    assert_eq!(uid, gid);
    assert!(uid.parse::<u32>().unwrap() > 0);
    assert!(run[0].1.contains(&format!("--uid {uid} --user-group")));
    assert!(run[0].1.contains(&format!("-m 0700 {DATA}")));
    assert_eq!(unit["DynamicUser"], ["yes"]);
    // Health and stopping.
    let health = instruction("HEALTHCHECK");
    let health = exec(health.split_once("CMD ").unwrap().1);
    assert_eq!(list(&platform["healthcheck"]["test"])[1..], health[..]);
    assert_eq!(platform["stop_grace_period"], "40s");
    assert_eq!(unit["TimeoutStopSec"], ["40"]);
    // Little to do with a way in.
    assert_eq!(platform["read_only"], true);
    assert_eq!(list(&platform["cap_drop"]), ["ALL"]);
    for service in [platform, database] {
        assert_eq!(list(&service["security_opt"]), ["no-new-privileges:true"]);
        assert_eq!(service["restart"], "unless-stopped");
    }
    for (setting, value) in [
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("CapabilityBoundingSet", ""),
        ("UMask", "0077"),
    ] {
        assert_eq!(unit[setting], [value], "{setting}");
    }
}

#[test]
fn what_the_services_name_is_there() {
    let compose = compose();
    let services = &compose["services"];
    let (platform, database) = (&services["platform"], &services["database"]);
    let waits = &platform["depends_on"]["database"]["condition"];
    assert_eq!(waits, "service_healthy");
    let ready = list(&database["healthcheck"]["test"]);
    assert_eq!(ready[..2], ["CMD", "pg_isready"]);
    let guide = text("docs/operating.md");
    for service in [platform, database] {
        for secret in list(&service["secrets"]) {
            let file = compose["secrets"][&secret]["file"].as_str().unwrap();
            let made = format!("deploy/{}", file.strip_prefix("./").unwrap());
            assert!(guide.contains(&made), "the guide does not make {made}");
        }
        for volume in list(&service["volumes"]) {
            let (name, _) = volume.split_once(':').unwrap();
            let volumes = compose["volumes"].as_object().unwrap();
            assert!(volumes.contains_key(name), "{name}");
        }
    }
    // The URL that the guide writes is of this database and this user.
    let about = &database["environment"];
    let user = about["POSTGRES_USER"].as_str().unwrap();
    let name = about["POSTGRES_DB"].as_str().unwrap();
    assert!(guide.contains(&format!("postgres://{user}:%s@database/{name}")));
    // Secrets never get into an image.
    assert!(
        text(".dockerignore")
            .lines()
            .any(|line| line == "deploy/secrets")
    );
    assert!(
        text(".gitignore")
            .lines()
            .any(|line| line == "/deploy/secrets")
    );
    // What the image is built with.
    let file = text("deploy/Dockerfile");
    assert!(file.contains("cargo build --release --locked -p blindscore-cli --features s3,otlp\n"));
    let version = text("Cargo.toml");
    let version = version
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap();
    let image = format!("FROM rust:{}-", version.trim_matches('"'));
    assert!(file.contains(&image), "{image}");
}

#[test]
#[cfg(unix)]
fn systemd_finds_no_fault_with_the_unit() {
    let here = Command::new("systemd-analyze").arg("--version").output();
    if !here.is_ok_and(|here| here.status.success()) {
        eprintln!("passed over: systemd-analyze is not here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blindscore.service");
    let program = cargo_bin("blindscore");
    let unit = text("deploy/blindscore.service");
    let unit = unit.replace("/usr/local/bin/blindscore", program.to_str().unwrap());
    std::fs::write(&file, unit).unwrap();
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stderr);
    // What other units of this machine are told is not ours.
    let ours: Vec<_> = said
        .lines()
        .filter(|line| line.contains("blindscore"))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}
