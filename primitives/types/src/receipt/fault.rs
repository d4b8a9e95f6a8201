//! Why a change of governance cannot take effect, and what is wrong with a dealing.

use thiserror::Error;

use crate::encoding::{Decode, Encode};

/// Declares the reasons with their stable numbers and sentences.
macro_rules! faults {
    ($(#[$of:meta])* $of_all:ident, $what:literal { $($(#[$doc:meta])* $name:ident = $code:literal, $said:literal;)* }) => {
        $(#[$of])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Encode, Decode)]
        #[repr(u8)]
        #[encoding(name = $what)]
        pub enum $of_all {
            $($(#[$doc])* #[error($said)] $name = $code,)*
        }

        impl $of_all {
            /// All reasons, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

faults! {
    /// Why a change cannot take effect. Numbers never change.
    ChangeFault, "fault of a change" {
        /// The id is in use.
        AliasExists = 1, "an alias with this id is on the chain already";
        /// The name is in use.
        NameTaken = 2, "another member has this name";
        /// There is no such alias.
        UnknownAlias = 3, "no such member is on the chain";
        /// It is a customer: its bank decides over it.
        NotAMember = 4, "a customer's bank decides over it, not the members";
        /// The bank that it names is no active bank.
        NoBank = 5, "the bank that it names is not an active bank of this chain";
        /// It has left for good.
        Closed = 6, "it has left for good";
        /// Nobody could decide any more.
        NobodyDecides = 7, "nobody could decide over proposals any more: an active bank must be left, and the leader or authority be an active bank or regulator";
        /// There are as many banks as can vote.
        TooManyVoters = 8, "the chain has as many banks as it can have";
        /// A key or commitment is none.
        WrongKey = 9, "its key or commitment is none, or the key's signature is wrong";
        /// The limits are out of bounds.
        Limits = 10, "the limits are out of bounds: at least one inquiry, one financing and holds of one block, 128 to 8192 transactions and 4 to 64 MiB in a block";
        /// The circuit is accepted already, or is not accepted.
        Circuit = 11, "the circuit is accepted already, is not accepted, or there are too many";
        /// It is no validator.
        NotAValidator = 12, "it is not an active validator of this chain";
        /// It signs blocks: take its power first.
        Validates = 13, "it is in the validator set: set its power to 0 first";
        /// The set would be empty, too large, or have a key twice.
        ValidatorSet = 14, "the validator set would be empty, too large, or have a key twice";
        /// The protocol's version is not a later one.
        Version = 15, "the protocol's version is not a later one";
        /// Its role cannot become this one.
        Role = 16, "its role cannot become this one";
        /// They cannot hold shares of the fingerprint key.
        Holders = 17, "the holders of a fingerprint key are 1 to 64 distinct active validators of active banks";
        /// The check is published, or its name and version have another text.
        CheckExists = 18, "this check is published already, or its name and version have another text: raise its version";
        /// Its verifying key is none for its shape.
        CheckKey = 19, "the check's verifying key is none for its statements";
        /// Its shape is none.
        CheckShape = 20, "the check's statements are too large, or its documents are none that records can be";
        /// There is no such check.
        NoCheck = 21, "no such check is published, or it is retired already";
        /// The chain takes no test keys, and checks have no others.
        TestKeys = 22, "this chain accepts no test keys, and checks have no others yet";
        /// The workflow is published.
        WorkflowExists = 23, "this workflow has been published already: raise its version";
        /// There is no such workflow.
        NoWorkflow = 24, "no such workflow is published, or it is retired already";
        /// A check of the workflow is none of this chain's.
        WorkflowCheck = 25, "a check that the workflow asks for is not published, takes other documents, or has no requirement that may be waived";
        /// No circuit takes records of so many lines.
        CheckLines = 26, "a check is published for 8, 16, 32 or 128 lines, or in parts of so many";
        /// The fingerprint key would have fewer holders than the floor.
        FewHolders = 27, "the fingerprint key keeps at least four holders of three banks, as long as so many validators are active: name more holders; one that cannot hold a share is suspended first";
        /// It is so already.
        NothingChanges = 28, "it is so already: the proposal changes nothing";
        /// Too few holders of the present epoch would be left.
        KeyLost = 29, "fewer holders of the fingerprint key would be left than it takes to answer or to hand it on, and it would be lost for good: share it among others first";
        /// The check, or one that the workflow asks for, is void.
        CheckVoid = 30, "the check, or one that the workflow asks for, is void: its proofs count no more, and only another version of it can be published or asked for";
    }
}

faults! {
    /// What is wrong with a dealing. Numbers never change.
    DealingFault, "fault of a dealing" {
        /// Not as many commitments as the threshold: the polynomial has another degree.
        Degree = 1, "it has not exactly as many commitments as the threshold";
        /// Not as many ciphertexts as holders.
        Shares = 2, "it has not one share for each holder";
        /// A point is none, or the identity.
        Point = 3, "one of its points is none, not in the subgroup of prime order, or the identity";
        /// A ciphertext is no number.
        Number = 4, "one of its encrypted shares is not a number below the order";
        /// The constant term is not the dealer's share.
        OtherShare = 5, "its constant term is not the dealer's share of the present key";
        /// A proof does not hold.
        Proof = 6, "a proof of it does not hold";
    }
}
