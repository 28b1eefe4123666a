//! Help, schemes, scorecards, completions: what is only shown.

use crate::common::{Play, blindscore};

fn shown(arguments: &[&str]) -> String {
    let run = blindscore(&std::env::temp_dir())
        .args(arguments)
        .assert()
        .success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn every_help_renders_and_ends_with_an_example() {
    let commands = [
        "",
        "demo",
        "history",
        "history build",
        "history read",
        "history explain",
        "history rules",
        "history rules show",
        "history rules check",
        "history profile",
        "history profile guess",
        "keygen",
        "seal",
        "source",
        "source attest",
        "declare",
        "consent",
        "consent grant",
        "consent show",
        "consent withdraw",
        "consent import",
        "score",
        "open",
        "release",
        "verify",
        "audit",
        "lender",
        "lender request",
        "lender show",
        "platform",
        "platform init",
        "platform publish",
        "platform withdraw",
        "platform status",
        "log",
        "log head",
        "log show",
        "log prove",
        "log verify",
        "log check",
        "party",
        "party keygen",
        "registry",
        "registry init",
        "registry add",
        "registry revoke",
        "registry show",
        "scheme",
        "scheme check",
        "scheme show",
        "scheme schema",
        "scorecard schema",
        "scorecard",
        "scorecard show",
        "scorecard check",
        "scorecard lint",
        "scorecard import",
        "scorecard export",
        "scorecard apply",
        "examples",
        "examples write",
        "completions",
    ];
    for command in commands {
        let mut arguments: Vec<_> = command.split_whitespace().collect();
        arguments.push("--help");
        let text = shown(&arguments);
        let example = text
            .rfind("Example")
            .unwrap_or_else(|| panic!("{command}: no example"));
        assert!(text[example..].contains("blindscore "), "{command}");
    }
    assert!(shown(&["--help"]).contains("Exit codes:"));
}

#[test]
fn the_version_is_told() {
    assert_eq!(
        shown(&["--version"]).trim(),
        concat!("blindscore ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn usage_errors_are_two() {
    let here = std::env::temp_dir();
    for arguments in [
        &[][..],
        &["nonsense"],
        &["demo", "--form", "loose"],
        &["open"],
    ] {
        blindscore(&here).args(arguments).assert().code(2);
    }
}

#[test]
fn the_published_schemas_are_json() {
    for what in ["scheme", "scorecard"] {
        let schema: serde_json::Value = serde_json::from_str(&shown(&[what, "schema"])).unwrap();
        let draft = schema["$schema"].as_str().unwrap();
        assert!(draft.contains("2020-12"), "{what}: {draft}");
    }
}

#[test]
fn a_scheme_is_checked_and_shown() {
    let text = shown(&["scheme", "check", "builtin:everyday"]);
    assert!(text.contains("ok") && text.contains("digest"), "{text}");
    let text = shown(&["scheme", "show", "builtin:everyday"]);
    for want in [
        "groceries",
        "lowest balance of the main account",
        "200.00 EUR",
        "1,3,6,12",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
    let play = Play::new();
    let scheme = String::from_utf8(play.read("everyday.json")).unwrap();
    play.write(
        "bad.json",
        scheme.replacen("\"cap\": 31", "\"cap\": 3100", 1),
    );
    let stderr = play.refused(1, &["scheme", "check", "bad.json"]);
    assert!(
        stderr.contains("bad.json") && stderr.contains("groceries"),
        "{stderr}"
    );
}

#[test]
fn a_scorecard_is_checked_and_shown() {
    let scheme = ["--scheme", "builtin:everyday"];
    let text = shown(&[&["scorecard", "show", "builtin:steady"], &scheme[..]].concat());
    assert!(text.contains("Income, 12 months"), "{text}");
    let check = [&["scorecard", "check", "builtin:steady"], &scheme[..]].concat();
    let text = shown(&check);
    for want in [
        "packed, 1 source",
        "composable, 2 sources",
        "77 external products",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
    // More sources than the scheme admits: the reason, and exit code 1.
    let here = std::env::temp_dir();
    let many = blindscore(&here)
        .args(&check)
        .args(["--sources", "3"])
        .assert()
        .code(1);
    let text = String::from_utf8(many.get_output().stdout.clone()).unwrap();
    assert!(text.contains("refused: 3 sources"), "{text}");
    blindscore(&here)
        .args(&check)
        .args(["--form", "packed"])
        .assert()
        .success();
}

#[cfg(unix)]
#[test]
fn the_steps_that_the_examples_print_all_work() {
    let folder = tempfile::tempdir().unwrap();
    let run = blindscore(folder.path())
        .args(["examples", "write", "play"])
        .assert()
        .success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    let steps = text.split("step by step").nth(1).unwrap();
    // After the heading. Nobody is there to be asked.
    let steps = steps.split_once('\n').unwrap().1;
    let steps = steps.replace("consent grant ", "consent grant --yes ");
    let steps = steps.replace("blindscore release ", "blindscore release --yes ");
    let program = assert_cmd::cargo::cargo_bin!("blindscore");
    let program = format!(
        "blindscore() {{ {:?} \"$@\"; }}",
        program.display().to_string()
    );
    let run = assert_cmd::Command::new("sh")
        .current_dir(folder.path())
        .args(["-e", "-c", &format!("{program}\n{steps}")])
        .assert()
        .success();
    let told = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    for want in ["verified: 747", "Decision\napproved"] {
        assert!(told.contains(want), "no {want:?} in\n{told}");
    }
}

#[test]
fn completions_know_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = shown(&["completions", shell]);
        assert!(
            script.contains("scorecard") && script.contains("keygen"),
            "{shell}"
        );
    }
}
