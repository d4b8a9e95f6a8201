//! The commands, one file for what belongs together.

pub mod check;
pub mod document;
pub mod taste;

#[cfg(feature = "network")]
pub mod aliases;
#[cfg(feature = "network")]
pub mod bank;
#[cfg(feature = "network")]
pub mod certificate;
#[cfg(feature = "network")]
pub mod demo;
#[cfg(feature = "network")]
pub mod events;
#[cfg(feature = "network")]
pub mod handover;
#[cfg(feature = "network")]
pub mod members;
#[cfg(feature = "network")]
pub mod network;
#[cfg(feature = "network")]
pub mod node;
#[cfg(feature = "network")]
pub mod processes;
#[cfg(feature = "network")]
mod shown;
#[cfg(feature = "network")]
pub mod trade;
#[cfg(feature = "network")]
pub mod validator;
#[cfg(feature = "network")]
pub mod workflow;

#[cfg(feature = "network")]
mod dispatch {
    use std::path::PathBuf;

    use super::{
        aliases, bank, certificate, check, demo, events, handover, members, network, node, trade,
        validator, workflow,
    };
    use crate::args::{CheckCommand, Command, ReceiptCommand, RecordCommand};
    use crate::outcome::{Failure, Report};

    /// Runs a command that needs a network, or a home of one.
    pub fn run(command: Command, home: Option<PathBuf>, as_json: bool) -> Result<Report, Failure> {
        let runtime = tokio::runtime::Runtime::new();
        let runtime = runtime
            .map_err(|error| Failure::cannot(format!("no runtime for network work: {error}")))?;
        runtime.block_on(each(command, home, as_json))
    }

    async fn each(
        command: Command,
        home: Option<PathBuf>,
        as_json: bool,
    ) -> Result<Report, Failure> {
        match command {
            Command::Demo { files } => demo::run(&files, as_json).await,
            Command::Network(command) => network::run(command).await,
            Command::Node(args) => node::run(home, args, as_json).await,
            Command::Receipt(ReceiptCommand::Verify { file }) => {
                bank::verify_receipt(&file, home.as_deref())
            }
            Command::Seal {
                file,
                replaces,
                customer,
                one_trade,
            } => {
                let customer = customer.as_deref().map(|name| (name, one_trade));
                bank::seal(home, &file, replaces.as_deref(), customer).await
            }
            Command::Alias(command) => aliases::alias(home, command).await,
            Command::Member(command) => members::member(home, command).await,
            Command::Validator(command) => validator::run(home.as_deref(), command).await,
            Command::Proposal(command) => members::proposal(home, command).await,
            Command::Record(RecordCommand::Show { id }) => bank::record_show(home, &id).await,
            Command::Record(RecordCommand::Report { id }) => bank::record_report(home, &id).await,
            Command::Certificate(command) => certificate::run(command, home.as_deref()),
            Command::Handover(command) => handover::run(home, command).await,
            Command::Check(CheckCommand::OnChain(command)) => {
                check::on_chain::run(home, command).await
            }
            Command::Inquire { file, customer } => {
                bank::inquire(home, &file, customer.as_deref()).await
            }
            Command::Finance {
                id,
                hold,
                customer,
                consent,
                waive,
                trade,
            } => {
                let wanted = bank::Wanted {
                    hold,
                    customer,
                    consent: consent.as_deref(),
                    waive: &waive,
                    trade: trade.as_deref(),
                };
                bank::finance(home, &id, wanted).await
            }
            Command::Workflow(command) => workflow::run(home, command).await,
            Command::Trade(command) => trade::run(home, command).await,
            Command::Release { id, reason } => bank::release(home, &id, reason).await,
            Command::Events(args) => events::run(home, args, as_json).await,
            Command::Document(_)
            | Command::Check(_)
            | Command::Taste { .. }
            | Command::Completions { .. } => {
                unreachable!("dispatched before a runtime was needed")
            }
        }
    }
}

#[cfg(feature = "network")]
pub use dispatch::run;
