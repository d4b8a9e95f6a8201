//! What a flow is doing, told while it does it.

/// What a flow can be doing. The words are those of a record's way through the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// A transaction of an earlier run is brought to its end first.
    Resuming,
    /// The document is read.
    Ingesting,
    /// The fields are encrypted and committed to.
    Sealing,
    /// The financing statement is checked natively, then proven.
    Proving,
    /// A transaction goes to the node.
    Submitting,
    /// The transaction is not yet in a certified block.
    WaitingForBlock,
    /// The validators have not yet answered the blinded set.
    WaitingForAnswers,
    /// The answers are checked and unblinded into fingerprints.
    Unblinding,
    /// The set of taken fingerprints is fetched.
    FetchingTaken,
    /// The receipt is put together and checked.
    WritingReceipt,
    /// The records of a cross-check are asked for, and proven by the chain.
    ReadingRecords,
    /// A cross-check is evaluated, then proven.
    ProvingCheck,
    /// A check is compiled, and its keys are made or read.
    CompilingCheck,
    /// A cross-check's proof is verified.
    VerifyingCheck,
    /// The connection to the node is lost, and made again after a pause.
    Reconnecting,
    /// Something to know before an invoice is financed, which the detail says: a line that stays.
    Remarking,
    /// A warning of the document that is read, or was when it was sealed, which the detail says: a line that stays.
    Warned,
}

impl Activity {
    /// What people read.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Resuming => "bringing an earlier transaction to its end",
            Self::Ingesting => "reading the document",
            Self::Sealing => "sealing its fields",
            Self::Proving => "proving the financing statement",
            Self::Submitting => "sending the transaction",
            Self::WaitingForBlock => "waiting for its block",
            Self::WaitingForAnswers => "waiting for the validators' answers",
            Self::Unblinding => "computing the fingerprints",
            Self::FetchingTaken => "fetching the taken fingerprints",
            Self::WritingReceipt => "writing the receipt",
            Self::ReadingRecords => "asking the chain for the records",
            Self::ProvingCheck => "proving the check",
            Self::CompilingCheck => "compiling the check",
            Self::VerifyingCheck => "verifying the check's proof",
            Self::Reconnecting => "trying again",
            Self::Remarking => "to know before it is financed",
            Self::Warned => "warning",
        }
    }
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What is being done.
    pub activity: Activity,
    /// More about it, or empty.
    pub detail: String,
}

/// Who is told. Called from any thread.
pub trait Progress: Send + Sync {
    /// Takes one report.
    fn report(&self, event: &Event);

    /// Reports that an activity begins.
    fn begin(&self, activity: Activity) {
        self.detail(activity, "");
    }

    /// Reports an activity with more about it.
    fn detail(&self, activity: Activity, detail: &str) {
        self.report(&Event {
            activity,
            detail: detail.to_owned(),
        });
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _: &Event) {}
}

impl<F: Fn(&Event) + Send + Sync> Progress for F {
    fn report(&self, event: &Event) {
        self(event);
    }
}
