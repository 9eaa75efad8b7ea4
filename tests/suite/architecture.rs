//! What ARCHITECTURE.md promises about who may know whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The crates that each crate of the workspace needs, by the part of their names after `ripieno-`, and which of those
/// are needed by tests alone.
fn dependencies(wanted: impl Fn(&Value) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let short = |name: &Value| name.as_str().unwrap().trim_start_matches("ripieno-").to_owned();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let edges = packages.iter().map(|package| {
        let dependencies = package["dependencies"].as_array().unwrap().iter().filter(|dependency| wanted(dependency));
        (short(&package["name"]), dependencies.map(|dependency| short(&dependency["name"])).collect())
    });
    edges.collect()
}

#[test]
fn crates_depend_only_downwards() {
    let allowed: [(&str, &[&str]); 5] = [
        ("ripieno", &["composer", "datasets", "score", "synth"]),
        ("composer", &["datasets", "score"]),
        ("datasets", &["score"]),
        ("synth", &["score"]),
        ("score", &[]),
    ];
    // Dependencies of tests and benches count: what a test may see, the next commit will use.
    let found = dependencies(|dependency| !dependency["path"].is_null());
    assert_eq!(found.len(), allowed.len(), "a crate of the workspace is not in this test: {:?}", found.keys());
    for (name, allowed) in allowed {
        let forbidden: Vec<_> = found[name].iter().filter(|needed| !allowed.contains(&needed.as_str())).collect();
        assert!(forbidden.is_empty(), "{name} must not know {forbidden:?}");
    }
}

#[test]
fn only_one_crate_depends_on_each_large_library() {
    let found = dependencies(|dependency| dependency["path"].is_null());
    for (library, owner) in [("midly", "score"), ("burn", "composer"), ("clap", "ripieno"), ("cpal", "synth")] {
        let users: Vec<_> = found.iter().filter(|(_, needed)| needed.contains(library)).map(|(name, _)| name).collect();
        assert!(users.iter().all(|user| *user == owner), "{library} is {owner}'s own, but {users:?} depend on it");
    }
}

#[test]
fn default_members_are_the_whole_workspace() {
    let metadata = metadata();
    let names = |key: &str| {
        let mut ids: Vec<String> =
            metadata[key].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(names("workspace_default_members"), names("workspace_members"), "plain `cargo test` covers all");
}

/// All Rust files below `folder`, with their path from the root, `/` between folders.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut open = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        let Ok(entries) = fs::read_dir(&path) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((name(&path), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

fn name(path: &Path) -> String {
    let parts = path.strip_prefix(root()).unwrap().components().map(|part| part.as_os_str().to_str().unwrap());
    parts.collect::<Vec<_>>().join("/")
}

/// Whether code, not a comment, names a crate: `word::`, or `use word`.
fn names(text: &str, word: &str) -> bool {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(|line| line.match_indices(word).map(move |(at, _)| line.split_at(at))).any(|(before, after)| {
        let inside = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let starts_here = !before.chars().next_back().is_some_and(inside);
        starts_here && (after[word.len()..].starts_with("::") || before.ends_with("use "))
    })
}

#[test]
fn only_the_owner_names_a_library() {
    let all: Vec<_> = ["src", "score", "synth", "datasets", "composer", "tests", "benches", "examples"]
        .into_iter()
        .flat_map(sources)
        .collect();
    assert!(all.len() > 50, "the sources are where this test looks for them");
    let owners: [(&str, &[&str]); 4] = [
        ("midly", &["score/src/midi.rs", "score/src/midi/"]),
        ("burn", &["composer/"]),
        ("clap", &["src/"]),
        ("cpal", &["synth/src/device.rs", "synth/src/device/"]),
    ];
    for (library, allowed) in owners {
        let offenders: Vec<_> = all
            .iter()
            .filter(|(path, text)| !allowed.iter().any(|start| path.starts_with(start)) && names(text, library))
            .map(|(path, _)| path)
            .collect();
        assert!(offenders.is_empty(), "{library} belongs to {allowed:?}, but these name it: {offenders:?}");
    }
}

#[test]
fn a_name_in_a_comment_or_in_another_word_is_no_use() {
    for code in ["use tuba::valve::Third;", "let valve = tuba::Valve::open();", "use tuba as t;", "f(&[tuba::Valve])"] {
        assert!(names(code, "tuba"), "{code}");
    }
    for code in ["//! Written with tuba::Valve.", "contra_tuba::f()", "let tuba = 1;", "crate::tuba::f()", "tubas::f()"]
    {
        assert!(!names(code, "tuba"), "{code}");
    }
}

#[test]
fn the_score_opens_no_file_and_no_device() {
    for (path, text) in sources("score/src") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for forbidden in ["fs", "net", "process", "env"] {
            assert!(!code.contains(&format!("std::{forbidden}")), "{path} uses std::{forbidden}");
        }
    }
}

#[test]
fn no_module_is_a_drawer_of_odds_and_ends() {
    let drawers = ["utils.rs", "util.rs", "common.rs", "misc.rs", "helpers.rs", "types.rs", "mod.rs"];
    for (path, _) in ["src", "score", "synth", "datasets", "composer", "tests", "benches"].into_iter().flat_map(sources)
    {
        assert!(!drawers.contains(&path.rsplit('/').next().unwrap_or_default()), "{path}");
    }
}

#[test]
fn ci_runs_the_very_test_command_of_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    let block = readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let command = block.lines().nth(1).unwrap();
    assert!(command.starts_with("cargo test"), "the README's second command runs the tests: {command}");
    let runs = |line: &str| line.strip_suffix(" --locked").unwrap_or(line) == command;
    assert!(ci.lines().any(|line| runs(line.trim())), ".ci/run does not run `{command}`");
}
