//! The commands. Machine-readable output goes to stdout, words to stderr; the exit code is 0 when
//! done, 1 for a finding, 2 for unusable input.

pub mod audit;
pub mod backup;
pub mod collect;
pub mod controller;
pub mod country;
pub mod deadline;
pub mod demo;
pub mod identity_provider;
pub mod instance;
pub mod map;
pub mod private_directory;
pub mod recovery_sheet;
pub mod serve;
pub mod setup;
pub mod system;
pub mod user;
pub mod work;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a command ended when its input was usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Something was found: exit code 1.
    Finding,
}

/// The server that organisations run to answer people who exercise their data-protection rights.
#[derive(Debug, Parser)]
#[command(name = "guichet", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A complete instance with two fictional organisations, to look around in.
    Demo(demo::Demo),
    /// Makes an instance and its first operator, with a one-time password.
    Setup(setup::Setup),
    /// Organisations that answer requests.
    #[command(subcommand)]
    Controller(controller::ControllerCommand),
    /// People with a role for an organisation.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Systems that an organisation searches.
    #[command(subcommand)]
    System(system::SystemCommand),
    /// Serves the API, the pages and the worker.
    Serve(serve::Serve),
    /// Runs jobs, and serves nothing.
    Work(work::Work),
    /// The dates of a request, computed and explained.
    Deadline {
        #[command(subcommand)]
        command: deadline::DeadlineCommand,
    },
    /// Checks a data map, or drafts one from a live schema.
    #[command(subcommand)]
    Map(map::MapCommand),
    /// The proof over the history: checkpoints, keys, export and verification.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Saves the whole instance in one sealed file, while it works.
    Backup(backup::write::Backup),
    /// Puts a backup back on a clean machine that has the master key. It then runs no jobs until
    /// `guichet unmute`.
    Restore(backup::restore::Restore),
    /// Prints what it takes to put this instance back: where everything lies, and every command.
    RecoverySheet(recovery_sheet::RecoverySheet),
    /// Lets a restored instance run jobs.
    Unmute(backup::Unmute),
    /// Searches the systems of a data map for a person, and packs what is found, with no server.
    Collect(collect::CollectArguments),
}

/// Runs the command of the process and says how it ended.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to stdout and are no errors; clap writes them as it should.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::from(2),
            };
        }
    };
    let mut out = std::io::stdout().lock();
    let ended = match arguments.command {
        Command::Setup(setup) => setup::run(&setup, &mut out),
        Command::Controller(command) => controller::run(command, &mut out),
        Command::User(command) => user::run(command, &mut out),
        Command::System(command) => system::run(command),
        Command::Demo(demo) => demo::run(&demo, &mut out),
        Command::Serve(serve) => serve::run(&serve),
        Command::Work(work) => work::run(&work),
        Command::Deadline { command } => deadline::run(&command, &mut out),
        Command::Audit(command) => audit::run(command, &mut out),
        Command::Backup(arguments) => backup::write::run(&arguments, &mut out),
        Command::Restore(arguments) => backup::restore::run(&arguments),
        Command::RecoverySheet(arguments) => recovery_sheet::run(&arguments, &mut out),
        Command::Unmute(arguments) => backup::unmute(&arguments, &mut out),
        Command::Map(command) => return wait(map::run(command)),
        Command::Collect(arguments) => return wait(collect::run(arguments)),
    };
    let ended = ended.and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Finding) => ExitCode::from(1),
        // Nobody reads on, as behind `head`: that is no fault of the input.
        Err(error) if error.chain().any(is_broken_pipe) => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            say(&format!("guichet: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// What a shell shows for a process that SIGPIPE ended.
const BROKEN_PIPE: u8 = 141;

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    let io = cause.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Runs a command that waits for networks and files.
fn wait(command: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => {
            say(&format!("guichet: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Says a sentence on standard error. A terminal that is gone stops nothing.
pub fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "{sentence}");
}

/// Ends when the process is asked to stop: Ctrl-C, or SIGTERM.
pub async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
