//! Workshop commands of Tandem: `cargo xtask COMMAND`. One file a command.

mod bench;
mod bundle;
mod demo;
mod install;
mod measure;
mod packages;
mod params;
mod project;
mod render;
mod screenshot;
mod test;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Workshop commands of Tandem", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bench(bench::Bench),
    Bundle(bundle::Bundle),
    Demo(demo::Demo),
    Install(install::Install),
    Measure(measure::Measure),
    Params(params::Params),
    Render(render::Render),
    Screenshot(screenshot::Screenshot),
    Test(test::Test),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Bench(command) => bench::run(&command),
        Command::Bundle(command) => bundle::run(&command),
        Command::Demo(command) => demo::run(&command),
        Command::Install(command) => install::run(&command),
        Command::Measure(command) => measure::run(&command),
        Command::Params(command) => params::run(&command),
        Command::Render(command) => render::run(&command),
        Command::Screenshot(command) => screenshot::run(&command),
        Command::Test(command) => test::run(&command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
