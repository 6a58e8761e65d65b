//! What is linked in: licences that an administration may redistribute, one registry, no banned crate.
//!
//! `cargo deny check` says the same and more where it is installed; this needs Cargo alone, so that no machine
//! goes without. Both read `deny.toml`. Known flaws need the advisories' database: that part is cargo-deny's.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<PathBuf>,
    manifest_path: PathBuf,
    source: Option<String>,
}

impl Package {
    /// The licence as an expression; that of the text it carries when it names none.
    fn licence(&self) -> Option<String> {
        self.license.clone().or_else(|| {
            let text =
                std::fs::read_to_string(self.manifest_path.with_file_name(self.license_file.as_ref()?))
                    .ok()?;
            text.starts_with("MIT License").then(|| "MIT".to_owned())
        })
    }
}

fn deny() -> Deny {
    toml::from_str(include_str!("../deny.toml")).expect("deny.toml")
}

fn packages() -> Vec<Package> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--all-features", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo metadata");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let metadata: Metadata = serde_json::from_slice(&told.stdout).expect("what cargo metadata tells");
    assert!(metadata.packages.len() > 100, "the packages were not found");
    metadata.packages
}

fn allows(allowed: &BTreeSet<String>, expression: &str) -> bool {
    spdx::Expression::parse_mode(expression, spdx::ParseMode::LAX)
        .is_ok_and(|expression| expression.evaluate(|one| allowed.contains(&one.to_string())))
}

#[test]
fn every_licence_is_one_that_an_administration_may_redistribute() {
    let allowed = deny().licenses.allow;
    let faults: Vec<String> = packages()
        .into_iter()
        .filter(|package| !package.licence().is_some_and(|told| allows(&allowed, &told)))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_package_comes_from_the_one_registry_and_none_is_banned() {
    let banned: Vec<String> = deny().bans.deny.into_iter().map(|one| one.name).collect();
    let sources: BTreeSet<String> = packages().iter().filter_map(|package| package.source.clone()).collect();
    assert!(sources.len() == 1 && sources.iter().all(|one| one.starts_with("registry+")), "{sources:?}");
    let found: Vec<String> =
        packages().into_iter().map(|package| package.name).filter(|name| banned.contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_licence_that_is_not_allowed_is_seen() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()]);
    for (expression, expected) in [
        ("MIT OR Apache-2.0", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("GPL-3.0-only", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("nothing known", false),
    ] {
        assert_eq!(allows(&allowed, expression), expected, "{expression}");
    }
    assert!(deny().bans.deny.iter().map(|one| &one.name).any(|name| name == "native-tls"));
    assert!(serde_json::from_str::<Metadata>("{\"packages\": []}").unwrap().packages.is_empty());
}
