//! What is printed of the settings holds no secret, whichever form an address has.

use std::process::Command;

use anyhow::ensure;
use fengqiao_tests::program;
use tempfile::TempDir;

#[test]
fn no_secret_of_an_address_is_printed() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let settings = [
        ("FENGQIAO__DATABASE__URL", "postgres://h/db?user=app&password=s3cret-one"),
        ("FENGQIAO__DATABASE__WORKER_URL", "postgres://worker:s3cret-two@h/db"),
        ("FENGQIAO__DATABASE__OWNER_URL", "postgres://owner:s3cret#three@h/db"),
        ("FENGQIAO__REDIS__URL", "redis://:s3cret-four@cache:6379/0"),
        ("FENGQIAO__ATTACHMENTS__S3__ENDPOINT", "http://s3cret-nine@objects:9000"),
        ("FENGQIAO__ATTACHMENTS__S3__ACCESS_KEY", "s3cret-ten"),
        ("FENGQIAO__ATTACHMENTS__S3__SECRET_KEY", "s3cret-eleven"),
        (
            "FENGQIAO__TELEMETRY__OTLP_ENDPOINT",
            "http://s3cret-six:s3cret-seven@traces:4318?api_key=s3cret-eight",
        ),
    ];
    let output =
        Command::new(program()?).arg("check-config").envs(settings).current_dir(folder.path()).output()?;
    let printed = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ensure!(!printed.contains("s3cret"), "{printed}");
    for kept in [
        "postgres://h/db?user=app&password=***",
        "worker:***@h/db",
        "cache:6379",
        "traces:4318",
        "objects:9000",
    ] {
        ensure!(printed.contains(kept), "{kept} is not told: {printed}");
    }
    Ok(())
}
