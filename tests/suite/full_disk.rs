//! A disk without room: the person is told, and what was there stays.

use std::process::{Command, Output};

use crate::program::{seed, text, write_collection};

/// Runs the program where no file may have more than so many blocks of 512 or 1024 bytes. It is refused to write more, as on a
/// full disk; the shell has it ignore the signal that would end it.
fn without_room(blocks: u32, arguments: &[&str], data: &std::path::Path) -> Output {
    let limited = format!(r#"trap '' XFSZ; ulimit -f {blocks}; exec "$0" "$@""#);
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_ripieno")]).args(arguments).env("XDG_DATA_HOME", data);
    command.output().expect("a shell starts")
}

#[test]
fn a_piece_that_has_no_room_leaves_the_old_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (out, before) = (folder.path().join("song.mid"), b"what was there");
    std::fs::write(&out, before).unwrap();
    let seed = seed("ode-to-joy");
    let output = without_room(1, &["compose", text(&seed), "-o", text(&out), "--force"], folder.path());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write") && said.contains("song.mid"), "{said}");
    assert_eq!(std::fs::read(&out).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half written is left");
}

#[test]
fn a_style_that_has_no_room_is_not_there() {
    let home = tempfile::tempdir().unwrap();
    let pieces = home.path().join("pieces");
    write_collection(&pieces, 8);
    let arguments = ["train", text(&pieces), "--name", "mine", "--allow-unknown-licence"];
    let output = without_room(8, &arguments, &home.path().join("data"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("free space"), "{said}");
    let styles = std::fs::read_dir(home.path().join("data/ripieno/styles"));
    assert_eq!(styles.map_or(0, Iterator::count), 0);
}
