//! Where a command works, and whether it only reads there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sealane_client::error::ClientError;
use sealane_client::flows::{Bank, SellerFault};
use sealane_client::home::{Access, Home, Unlock};
use sealane_client::progress::{Activity, Event, Progress};

use crate::outcome::Failure;
use crate::terminal::{self, ask};

/// Where a command works.
#[derive(Debug, Clone)]
pub struct Desk {
    /// `--home`.
    pub home: Option<PathBuf>,
    /// How long a command that writes waits for another one in the same home.
    pub wait: Duration,
}

impl Desk {
    /// The home that was named.
    pub fn home(&self) -> Result<&Path, Failure> {
        self.home.as_deref().ok_or_else(|| {
            Failure::invalid(
                "this command works in a bank's home: sealane --home DIR …, or set SEALANE_HOME",
            )
        })
    }

    fn to_work(&self) -> Access {
        Access::Work { wait: self.wait }
    }

    /// The home alone, to read: the node is not asked.
    pub fn home_to_read(&self) -> Result<Home, Failure> {
        let home = Home::open_for(self.home()?, &unlock(), Access::Read);
        Ok(home.map_err(ClientError::Home)?)
    }
}

/// A bank at work: no other command writes in its home meanwhile.
pub fn open(desk: &Desk) -> Result<Bank, Failure> {
    Ok(Bank::open_for(desk.home()?, &unlock(), desk.to_work())?)
}

/// A bank that only looks, beside whatever works in its home.
pub fn open_to_read(desk: &Desk) -> Result<Bank, Failure> {
    Ok(Bank::open_for(desk.home()?, &unlock(), Access::Read)?)
}

/// Does what needs a person's word where a document or a register does not fit: without that word, as `given` says; then, where
/// somebody sits at the terminal and agrees, with it. Elsewhere the failure names the option.
pub async fn confirmed<T>(
    given: bool,
    act: impl AsyncFn(bool) -> Result<T, ClientError>,
) -> Result<T, Failure> {
    match act(given).await {
        Ok(done) => Ok(done),
        Err(error) if !given && question(&error) => {
            let asked = format!("Before anything is done: {error}.\nGo on?");
            let agreed = ask::agreed(&asked).map_err(|error| {
                Failure::cannot(format!("the terminal cannot be read: {error}"))
            })?;
            match agreed {
                true => Ok(act(true).await?),
                false => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether this failure is one that a person can overrule.
fn question(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Seller(SellerFault::NotNamed { .. }) | ClientError::IdentifierOfAnother { .. }
    )
}

/// A passphrase from the environment, or asked for.
pub fn unlock() -> Unlock {
    let ask = |name: &str| rpassword::prompt_password(format!("Passphrase of {name}: "));
    Unlock::Ask(Box::new(ask))
}

/// Progress on the terminal.
pub(super) struct Told(terminal::Progress);

impl Progress for Told {
    fn report(&self, event: &Event) {
        let text = event.activity.text();
        match (event.activity, event.detail.as_str()) {
            (_, "") => self.0.say(text),
            (Activity::Warned, detail) => self.0.remark(&format!("{text}: {detail}")),
            (Activity::Remarking, detail) => self.0.remark(&format!("{text}: {detail}.")),
            (_, detail) => self.0.say(&format!("{text}: {detail}")),
        }
    }
}

/// Progress from the opening of the home on.
pub(super) fn told() -> Told {
    Told(terminal::Progress::start("opening the home"))
}
