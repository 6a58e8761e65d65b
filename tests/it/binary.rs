//! The binary as an operator runs it: a folder, a configuration, a token, a command.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use ds_emulator::Emulator;

/// A folder with a configuration for an emulator.
pub struct Desk {
    pub folder: tempfile::TempDir,
}

/// What a command answered.
pub struct Answer {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Desk {
    /// A desk whose configuration leads to this address, with this token.
    pub fn new(url: &str, token: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("token", token);
        desk.write(
            "config.toml",
            &format!(
                "[api]\nurl = \"{url}\"\ntoken_file = \"{}\"\nrate_limit = 1000000\nretry_base = \"2ms\"\n\
                 [store]\npath = \"{}\"\n[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\n\
                 opens_at = \"2019-03-26T00:00\"\ndeadline = \"2019-05-31T23:59\"\n",
                desk.path("token").display(),
                desk.path("mirror.db").display()
            ),
        );
        desk
    }

    /// A desk that leads to an emulator.
    pub fn at(emulator: &Emulator) -> Self {
        Self::new(&emulator.url(), emulator.token())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that its owner alone may read.
    pub fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(self.path(name), text).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Replaces a text of the configuration.
    pub fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("config.toml")).unwrap();
        assert!(text.contains(from), "{from} is not in the configuration");
        self.write("config.toml", &text.replace(from, to));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.folder.path());
        command.arg("--config").arg(self.path("config.toml")).args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.command(arguments).output().unwrap().into()
    }

    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// The binary, in a folder, with nothing of this process's environment that it reads.
pub fn bare(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ami-sync"));
    command.current_dir(folder).env_remove("AMI_SYNC_CONFIG").env_remove("AMI_SYNC_API_TOKEN");
    command.env_remove("CREDENTIALS_DIRECTORY").env("NO_COLOR", "1");
    command
}

/// Whether this process may change user, boot a machine, give files away.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// Says what this machine gives no means to test.
pub fn not_tested(why: &str) {
    say(&format!("NOT TESTED: {why}"));
}

/// Says a figure or a warning, past the capture of the test's output.
pub fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
