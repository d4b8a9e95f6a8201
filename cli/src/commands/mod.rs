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
pub mod desk;
#[cfg(feature = "network")]
pub mod events;
#[cfg(feature = "network")]
pub mod handover;
#[cfg(feature = "network")]
mod ids;
#[cfg(feature = "network")]
pub mod list;
#[cfg(feature = "network")]
pub mod members;
#[cfg(feature = "network")]
pub mod network;
#[cfg(feature = "network")]
pub mod node;
#[cfg(feature = "network")]
pub mod passphrase;
#[cfg(feature = "network")]
pub mod processes;
#[cfg(feature = "network")]
mod proposals;
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
    use sealane_client::flows::Whose;

    use super::{
        aliases, bank, certificate, check, demo, desk::Desk, events, handover, list, members,
        network, node, passphrase, trade, validator, workflow,
    };
    use crate::args::{CheckCommand, Command, FinancingCommand, ReceiptCommand, RecordCommand};
    use crate::outcome::{Failure, Report};

    /// Runs a command that needs a network, or a home of one.
    pub fn run(command: Command, desk: &Desk, as_json: bool) -> Result<Report, Failure> {
        let runtime = tokio::runtime::Runtime::new();
        let runtime = runtime
            .map_err(|error| Failure::cannot(format!("no runtime for network work: {error}")))?;
        runtime.block_on(each(command, desk, as_json))
    }

    async fn each(command: Command, desk: &Desk, as_json: bool) -> Result<Report, Failure> {
        match command {
            Command::Demo { files } => demo::run(&files, as_json).await,
            Command::Network(command) => network::run(command).await,
            Command::Node(args) => node::run(desk, args, as_json).await,
            Command::Receipt(ReceiptCommand::Verify { files }) => {
                bank::verify_receipts(&files, desk.home.as_deref())
            }
            Command::Seal {
                file,
                replaces,
                customer,
                one_trade,
                confirmed,
            } => {
                let customer = customer.as_deref();
                let customer = customer.map(|name| (Whose { name, confirmed }, one_trade));
                bank::seal(desk, &file, replaces.as_deref(), customer).await
            }
            Command::Alias(command) => aliases::alias(desk, command).await,
            Command::Member(command) => members::member(desk, command).await,
            Command::Validator(command) => validator::run(desk.home.as_deref(), command).await,
            Command::Proposal(command) => members::proposal(desk, command).await,
            Command::Record(RecordCommand::List(args)) => list::run(desk, args, false).await,
            Command::Financing(FinancingCommand::List(args)) => list::run(desk, args, true).await,
            Command::Passphrase => passphrase::change(desk),
            Command::Record(RecordCommand::Show { id }) => bank::record_show(desk, &id).await,
            Command::Record(RecordCommand::Report { id }) => bank::record_report(desk, &id).await,
            Command::Certificate(command) => certificate::run(command, desk.home.as_deref()),
            Command::Handover(command) => handover::run(desk, command).await,
            Command::Check(CheckCommand::OnChain(command)) => {
                check::on_chain::run(desk, command).await
            }
            Command::Inquire {
                file,
                customer,
                confirmed,
            } => {
                let customer = customer.as_deref();
                let customer = customer.map(|name| Whose { name, confirmed });
                bank::inquire(desk, &file, customer).await
            }
            Command::Finance {
                id,
                hold,
                customer,
                confirmed,
                consent,
                waive,
                trade,
            } => {
                let wanted = bank::Wanted {
                    hold,
                    customer,
                    confirmed,
                    consent: consent.as_deref(),
                    waive: &waive,
                    trade: trade.as_deref(),
                };
                bank::finance(desk, &id, wanted).await
            }
            Command::Workflow(command) => workflow::run(desk, command).await,
            Command::Trade(command) => trade::run(desk, command).await,
            Command::Release { id, reason } => bank::release(desk, &id, reason).await,
            Command::Events(args) => events::run(desk, args, as_json).await,
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
