//! The architecture, held by the dependency graph: who may depend on whom,
//! which features a party's binary may carry, and that only `fhe` names tfhe.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// The arrows of docs/architecture.md. Packages that are no party's code may depend on all.
const MAY_DEPEND_ON: [(&str, &[&str]); 7] = [
    ("history", &[]),
    ("scorecard", &["history"]),
    ("fhe", &["history"]),
    ("protocol", &["history"]),
    ("evaluator", &["history", "scorecard", "fhe", "protocol"]),
    (
        "client",
        &["history", "scorecard", "fhe", "protocol", "evaluator"],
    ),
    (
        "service",
        &["history", "scorecard", "fhe", "protocol", "evaluator"],
    ),
];
const FREE: [&str; 5] = ["cli", "tests", "benches", "examples", "load"];
/// Packages that may turn on `fhe`'s feature `secret`.
const SECRET: [&str; 3] = ["client", "tests", "benches"];

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    // Without dependencies: what the workspace says of itself, no network.
    MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .expect("cargo reads the workspace")
}

fn party(package: &Package) -> &str {
    package
        .name
        .strip_prefix("blindscore-")
        .expect("all are named blindscore-*")
}

#[test]
fn the_arrows_hold() {
    let metadata = metadata();
    let rules: BTreeMap<_, _> = MAY_DEPEND_ON.into_iter().collect();
    let mut seen = BTreeSet::new();
    for package in metadata.workspace_packages() {
        let name = party(package);
        seen.insert(name.to_owned());
        let Some(allowed) = rules.get(name) else {
            assert!(FREE.contains(&name), "{name} has no rule: give it one");
            continue;
        };
        for dependency in &package.dependencies {
            let Some(on) = dependency.name.strip_prefix("blindscore-") else {
                continue;
            };
            // A crate's own tests may turn on the crate's test features.
            let itself = on == name && dependency.kind == DependencyKind::Development;
            assert!(
                itself || allowed.contains(&on),
                "{name} must not depend on {on}"
            );
        }
    }
    for (name, _) in MAY_DEPEND_ON {
        assert!(seen.contains(name), "{name} is missing from the workspace");
    }
}

#[test]
fn only_fhe_names_tfhe() {
    for package in metadata().workspace_packages() {
        for dependency in &package.dependencies {
            let tfhe = dependency.name == "tfhe" || dependency.name.starts_with("tfhe-");
            assert!(
                !tfhe || party(package) == "fhe",
                "{} names tfhe",
                package.name
            );
        }
    }
}

#[test]
fn production_builds_tfhe_without_features() {
    let metadata = metadata();
    let fhe = metadata
        .workspace_packages()
        .into_iter()
        .find(|p| party(p) == "fhe")
        .unwrap();
    let tfhe = fhe.dependencies.iter().find(|d| d.name == "tfhe").unwrap();
    assert!(tfhe.features.is_empty() && !tfhe.uses_default_features);
    assert!(
        !fhe.features.contains_key("default"),
        "fhe turns nothing on by itself"
    );
}

#[test]
fn only_client_tests_and_benches_turn_secret_on() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = party(package);
        if SECRET.contains(&name) || name == "fhe" {
            continue;
        }
        for dependency in package
            .dependencies
            .iter()
            .filter(|d| d.name == "blindscore-fhe")
        {
            let secret = ["secret", "reference"];
            let turns_on = dependency
                .features
                .iter()
                .any(|f| secret.contains(&f.as_str()));
            assert!(!turns_on, "{name} turns on fhe's secret side");
        }
        for (feature, edges) in &package.features {
            let opens = |edge: &String| edge.starts_with("blindscore-fhe");
            assert!(
                !edges.iter().any(opens),
                "{name}'s feature {feature} reaches into fhe"
            );
        }
    }
}

#[test]
fn nothing_of_the_platform_reaches_the_client() {
    let metadata = metadata();
    let packages: BTreeMap<_, _> = metadata
        .workspace_packages()
        .into_iter()
        .map(|p| (p.name.to_string(), p))
        .collect();
    let mut reached = BTreeSet::new();
    let mut todo = vec![
        "blindscore-evaluator".to_owned(),
        "blindscore-service".to_owned(),
    ];
    while let Some(name) = todo.pop() {
        let Some(package) = packages.get(&name) else {
            continue;
        };
        if reached.insert(name) {
            let normal = package
                .dependencies
                .iter()
                .filter(|d| d.kind == DependencyKind::Normal);
            todo.extend(normal.map(|d| d.name.clone()));
        }
    }
    assert!(
        reached.contains("blindscore-fhe"),
        "the walk follows the arrows"
    );
    assert!(!reached.contains("blindscore-client"));
}
