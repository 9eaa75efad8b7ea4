use super::*;
use crate::consent::Why;

fn add(name: &str, text: &str) -> Result<Manifest, ManifestError> {
    let mut manifest = Manifest::default();
    manifest.add(&Path::new("x").join(name), name, text)?;
    Ok(manifest)
}

fn csv(text: &str) -> Result<Manifest, ManifestError> {
    add("manifest.csv", text)
}

fn toml(text: &str) -> Result<Manifest, ManifestError> {
    add("manifest.toml", text)
}

/// The manifests of a folder with these files.
fn read(files: &[(&str, &[u8])]) -> Result<Manifest, ManifestError> {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (path, bytes) in files {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, bytes).unwrap();
        paths.push((*path).to_owned());
    }
    Manifest::read(folder.path(), &paths)
}

#[test]
fn a_table_is_read_and_strange_columns_are_ignored() {
    let manifest = csv("shoe,path,license,free_for_training,title\n43,a/b.mid,CC0-1.0,yes,\"One, two\"\n").unwrap();
    let row = manifest.row("a/b.mid");
    assert_eq!(row.title, "One, two");
    assert_eq!(row.licence(), Licence::Free("CC0-1.0".into()));
    assert_eq!(manifest.row("other.mid").licence(), Licence::Unknown);
    let notices = manifest.notices(&["a/b.mid"]);
    assert!(notices.len() == 1 && notices[0].problem.contains("`shoe`"), "{notices:?}");
}

#[test]
fn a_document_has_defaults() {
    let text = "[default]\nlicence = \"CC0-1.0\"\n[[file]]\npath = \"a.mid\"\nfree_for_training = \"no\"\n\
                [[file]]\npath = \"b.mid\"\nopt_out = true\n";
    let manifest = toml(text).unwrap();
    assert_eq!(manifest.row("c.mid").licence(), Licence::Free("CC0-1.0".into()));
    assert_eq!(manifest.row("a.mid").licence(), Licence::Forbidden("CC0-1.0".into()));
    assert_eq!(manifest.row("b.mid").leave().why, Why::OptedOut);
}

#[test]
fn what_is_nearest_to_a_file_counts() {
    let text = "path,license,Opt-Out,author\n./,CC0-1.0,,Me\na/,,yes,\na/b,,no,\na/b/one.mid,CC-BY-4.0,,You\n";
    let manifest = csv(text).unwrap();
    let row = |path: &str| manifest.row(path);
    assert_eq!(row("x.mid").leave().why, Why::LicenceAllows);
    assert_eq!(row("a/x.mid").leave().why, Why::OptedOut);
    assert_eq!(row("a/b/x.mid").leave().why, Why::LicenceAllows);
    assert_eq!((&*row("a/b/one.mid").license, &*row("a/b/one.mid").composer), ("CC-BY-4.0", "You"));
    assert_eq!((&*row("a/b/x.mid").composer, &*row("ab/x.mid").opt_out), ("Me", ""));
}

#[test]
fn a_manifest_in_a_folder_speaks_of_its_files() {
    let manifest = read(&[
        ("manifest.csv", b"path,license\n.,CC0-1.0\n"),
        ("deep/manifest.toml", b"[default]\nopt_out = \"yes\"\n[[file]]\npath = \"a.mid\"\nopt_out = \"no\"\n"),
    ]);
    let manifest = manifest.unwrap();
    assert_eq!(manifest.row("deep/b.mid").leave().why, Why::OptedOut);
    assert_eq!(manifest.row("deep/a.mid").leave().why, Why::LicenceAllows);
    assert_eq!(manifest.row("a.mid").leave().why, Why::LicenceAllows);

    let twice = read(&[("manifest.csv", b"path\ndeep/a.mid\n"), ("deep/manifest.csv", b"title,path\nx,a.mid\n")]);
    let message = twice.unwrap_err().to_string();
    assert!(message.contains("deep/a.mid is listed twice, before in manifest.csv, line 2"), "{message}");
    assert!(matches!(read(&[("a/manifest.csv", b"path\n"), ("a/manifest.toml", b"")]), Err(ManifestError::Two { .. })));
}

#[test]
fn errors_name_file_and_line() {
    let check = |result: Result<Manifest, ManifestError>, expected: &str| {
        let message = result.unwrap_err().to_string();
        assert!(message.contains("manifest.") && message.contains(expected), "{message}");
    };
    check(csv("title\nx\n"), "line 1: there is no column `path`");
    check(csv("path;license\nx;CC0-1.0\n"), "separated by commas");
    check(csv("path,title\na,1\nb\n"), "line 3: there are 1 columns here and 2");
    check(csv("path\na\nb\na\n"), "line 4: a is listed twice, before in manifest.csv, line 2");
    check(csv("path,free_for_training\na,perhaps\n"), "line 2: free_for_training is `perhaps`");
    check(csv("path,opt_out\na,never\n"), "line 2: opt_out is `never`");
    check(csv("path,title\n,t\n"), "line 2: the path is empty");
    check(csv("path,license\na.mid,MIT OR\n"), "line 2: `MIT OR` is no SPDX expression");
    check(csv("path,optout\na.mid,yes\n"), "line 1: the column `optout` is not known; did you mean `opt_out`?");
    check(csv("path,license,Licence\na.mid,MIT,MIT\n"), "line 1: the column `licence` is there twice");
    check(csv("path,title\na,\"open\nb,x\n"), "line 2: a text goes on in the next line");
    check(csv("path\n../a.mid\n"), "line 2: the path `../a.mid` leads out");
    check(csv("path\n/a.mid\n"), "line 2: the path `/a.mid` leads out");
    check(toml("[[file]]\npath = \"a\"\n[[file]]\npath = 3\n"), "line 4");
    check(toml("[[file]]\npath = \"a\"\n[[file]]\npath = \"a\"\n"), "line 3: a is listed twice");
    check(toml("[[file]]\npath = \"a\"\nopt-outs = true\n"), "line 3: the column `opt-outs`");
    check(toml("[defaults]\nlicense = \"MIT\"\n"), "line 1: `defaults` is neither");
    check(toml("[[file]]\npath = \n"), "line 2");
    check(toml(&format!("[[file]]\npath = \"a\"\ntitle = {}", "[".repeat(100_000))), "line 3");
}

#[test]
fn a_file_that_is_no_text_is_refused_with_its_line() {
    let check = |bytes: &[u8], expected: &str| {
        let message = read(&[("manifest.csv", bytes)]).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    };
    check(b"path,title\na.mid,One\nb.mid,Caf\xe9\n", "line 3: the byte 0xe9 is not UTF-8");
    check(b"\xff\xfep\0a\0t\0h\0", "line 1: this is UTF-16");
    check(b"path\na\0.mid\n", "line 2: there is a zero byte");
    assert_eq!(read(&[("manifest.csv", b"\xef\xbb\xbfpath,title\na.mid,x\n")]).unwrap().row("a.mid").title, "x");
}

#[test]
fn a_manifest_of_a_hundred_megabytes_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("manifest.csv")).unwrap();
    file.set_len(100 << 20).unwrap();
    let error = Manifest::read(folder.path(), &["manifest.csv".to_owned()]).unwrap_err();
    assert!(error.to_string().contains("has 100 MB"), "{error}");
}

#[test]
fn what_is_strange_is_noticed() {
    let text =
        "path,license,free_for_training\nA.mid,CC0-1.0,\nb.mid,CCBY-4.0,\nc.mid,CC-BY-NC-4.0,yes\ndeep,,\ndep,,\n";
    let manifest = csv(text).unwrap();
    let notices = manifest.notices(&["a.mid", "b.mid", "c.mid", "deep/x.mid"]);
    let problems: Vec<(u64, &str)> = notices.iter().map(|notice| (notice.line, notice.problem.as_str())).collect();
    let has = |line: u64, words: &str| {
        assert!(problems.iter().any(|(at, problem)| *at == line && problem.contains(words)), "{words}: {problems:?}");
    };
    has(2, "did you mean `a.mid`?");
    has(3, "did you mean `CC-BY-4.0`?");
    has(4, "`CC-BY-NC-4.0` forbids it");
    has(6, "there is no `dep`");
    assert_eq!(problems.len(), 4, "{problems:?}");

    let many: String = (0..100).map(|index| format!("{index}.mid\n")).collect();
    let notices = csv(&format!("path\n{many}")).unwrap().notices(&[]);
    assert_eq!(notices.len(), 20);
    assert!(notices[19].problem.ends_with("and 80 more like this"), "{notices:?}");
}

#[test]
fn style_falls_back_to_the_folder() {
    let row = |period: &str, style: &str| ManifestRow {
        period_style: period.into(),
        style: style.into(),
        ..ManifestRow::default()
    };
    assert_eq!(row("baroque", "x").style_of("a/b.mid"), "baroque");
    assert_eq!(row("", "x").style_of("a/b.mid"), "x");
    assert_eq!(row("", "").style_of("z/a/b.mid"), "a");
    assert_eq!(row("", "").style_of("b.mid"), "unknown");
}
