//! Commands that cannot do what they are asked say in one plain line what to do.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, ensure};
use fengqiao_tests::program;
use tempfile::TempDir;

use super::startup::says;

const PASSWORD: &str = "A word of the test 8\n";

/// Runs a command in a folder with this on its standard input.
fn run(folder: &TempDir, arguments: &[&str], input: &str) -> anyhow::Result<Output> {
    let mut child = Command::new(program()?)
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A command that refuses before it reads leaves a pipe without a reader.
    let _ = child.stdin.take().context("an input")?.write_all(input.as_bytes());
    Ok(child.wait_with_output()?)
}

/// The one line of a command that failed, in which nothing is written as Rust writes it.
fn refused(folder: &TempDir, arguments: &[&str], input: &str) -> anyhow::Result<String> {
    let output = run(folder, arguments, input)?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(!output.status.success(), "{arguments:?} succeeded");
    ensure!(said.lines().count() == 1, "{arguments:?} said more than a line: {said}");
    for mark in ["User(", "Problem", "{ ", "[", "::"] {
        ensure!(!said.contains(mark), "{arguments:?} said {said}");
    }
    Ok(said)
}

fn account<'a>(who: &'a str, role: &'a str) -> [&'a str; 6] {
    ["account", who, "--name", "演示", "--role", role]
}

/// A folder whose store holds one district.
fn district() -> anyhow::Result<TempDir> {
    let folder = TempDir::new()?;
    let units = folder.path().join("units.csv");
    std::fs::write(units, "code,name,level,parent_code\n150302,海勃湾区,district,\n")?;
    let output = run(&folder, &["import", "units", "units.csv"], "")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(folder)
}

#[test]
fn a_token_for_nobody_says_how_to_make_an_account() -> anyhow::Result<()> {
    let folder = district()?;
    for nobody in ["nobody@150302", "nobody@999999", "nobody", ""] {
        says(
            &refused(&folder, &["token", "--account", nobody], "")?,
            &["LOGIN@TENANTCODE", "fengqiao account"],
        );
    }
    Ok(())
}

#[test]
fn an_account_that_cannot_be_made_says_what_to_change() -> anyhow::Result<()> {
    let folder = district()?;
    let made = run(&folder, &account("first@150302", "system_administrator"), PASSWORD)?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let again = refused(&folder, &account("first@150302", "system_administrator"), PASSWORD)?;
    says(&again, &["first@150302", "taken", "another login"]);
    let login = refused(&folder, &account("First@150302", "system_administrator"), PASSWORD)?;
    says(&login, &["lower-case", "First@150302"]);
    let name = ["account", "second@150302", "--name", " ", "--role", "system_administrator"];
    says(&refused(&folder, &name, PASSWORD)?, &["name", "empty"]);
    let unknown = refused(&folder, &account("first@999999", "system_administrator"), PASSWORD)?;
    says(&unknown, &["999999", "fengqiao import units"]);
    for (password, words) in [("short\n", "8"), (&*format!("{}\n", "长".repeat(129)), "128")] {
        let said = refused(&folder, &account("third@150302", "system_administrator"), password)?;
        says(&said, &["password", words]);
    }
    Ok(())
}

#[test]
fn a_role_is_given_only_where_it_can_be_held() -> anyhow::Result<()> {
    let folder = district()?;
    let operator = refused(&folder, &account("op@150302", "platform_operator"), PASSWORD)?;
    says(&operator, &["platform_operator", "000000"]);
    let administrator = refused(&folder, &account("admin@000000", "system_administrator"), PASSWORD)?;
    says(&administrator, &["000000", "system_administrator", "platform_operator"]);
    let station = refused(&folder, &account("station@150302", "station_chief"), PASSWORD)?;
    says(&station, &["station_chief", "whole district", "roleGrantCreate"]);
    let made = run(&folder, &account("op@000000", "platform_operator"), PASSWORD)?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

#[test]
fn a_locked_out_administrator_comes_back_with_a_new_password() -> anyhow::Result<()> {
    let folder = district()?;
    let create = account("security.admin@150302", "security_administrator");
    ensure!(run(&folder, &create, PASSWORD)?.status.success(), "it is created");
    let reset = ["account", "security.admin@150302", "--reset-password"];
    let output = run(&folder, &reset, "Another word 8\n")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    says(&String::from_utf8(output.stdout)?, &["security.admin@150302", "new password"]);
    says(&refused(&folder, &reset, "short\n")?, &["8"]);
    let nobody = ["account", "nobody@150302", "--reset-password"];
    says(&refused(&folder, &nobody, PASSWORD)?, &["nobody@150302", "LOGIN@TENANTCODE"]);
    Ok(())
}

#[test]
fn categories_and_people_are_imported_into_a_district() -> anyhow::Result<()> {
    let folder = district()?;
    let categories = concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/categories.csv");
    std::fs::write(folder.path().join("staff.csv"), "code,name,unit_code\n1,演示·甲,150302\n")?;
    let said = |arguments: &[&str]| -> anyhow::Result<String> {
        let output = run(&folder, arguments, "")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    };
    let (there, nowhere) = (["--district", "150302"], ["--district", "999999"]);
    let first = said(&[&["import", "categories", categories][..], &there].concat())?;
    ensure!(first.ends_with(" created, 0 changed, 0 unchanged\n"), "{first}");
    let second = said(&[&["import", "categories", categories][..], &there].concat())?;
    ensure!(second.starts_with("0 created, 0 changed, "), "{second}");
    let staff = said(&[&["import", "staff", "staff.csv"][..], &there].concat())?;
    assert_eq!(staff, "1 created, 0 changed, 0 unchanged\n");
    let unknown = refused(&folder, &[&["import", "staff", "staff.csv"][..], &nowhere].concat(), "")?;
    says(&unknown, &["999999", "fengqiao import units"]);
    Ok(())
}

#[test]
fn what_an_account_sees_is_exported_and_comes_in_again() -> anyhow::Result<()> {
    let folder = district()?;
    let made = run(&folder, &account("first@150302", "system_administrator"), PASSWORD)?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for file in ["units.xlsx", "out.csv", "units.geojson"] {
        let output = run(&folder, &["export", "units", file, "--account", "first@150302"], "")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        ensure!(String::from_utf8(output.stdout)? == "1 rows\n");
    }
    for file in ["units.xlsx", "out.csv"] {
        let output = run(&folder, &["import", "units", file], "")?;
        ensure!(String::from_utf8(output.stdout)? == "0 created, 0 changed, 1 unchanged\n", "{file}");
    }
    let export = |file: &'static str, who: &'static str| ["export", "units", file, "--account", who];
    says(&refused(&folder, &export("out.csv", "first@150302"), "")?, &["out.csv"]);
    says(&refused(&folder, &export("out", "first@150302"), "")?, &["--format"]);
    says(&refused(&folder, &export("new.csv", "nobody@150302"), "")?, &["LOGIN@TENANTCODE"]);
    let made = run(&folder, &account("second@150302", "security_administrator"), PASSWORD)?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    says(&refused(&folder, &export("new.csv", "second@150302"), "")?, &["DATA_EXPORT"]);
    ensure!(!folder.path().join("new.csv").exists(), "half a file stays behind");
    Ok(())
}
