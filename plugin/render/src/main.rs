//! `tandem-render`: a WAV or FLAC file through a Tandem plug-in.

use clap::Parser;
use std::process::ExitCode;
use tandem_render::cli::{Render, run};

#[derive(Parser)]
#[command(name = "tandem-render", version, about)]
struct Cli {
    #[command(flatten)]
    render: Render,
}

fn main() -> ExitCode {
    match run(&Cli::parse().render) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
