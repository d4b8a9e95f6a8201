//! The node that is flooded, and the member who does it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealane_crypto::keys::InstitutionSecret;
use sealane_crypto::keystore::{InstitutionSecrets, KeyFile, Unlock, load};
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::chain_id;
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, ChainId, Sequence};
use sealane_types::record::Record;
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use sealane_wire::MAX_MESSAGE;
use sealane_wire::tls::{self, Credentials, Session};
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{GetGenesisRequest, GetSequenceRequest, SubmitRequest};
use tokio::net::TcpStream;
use tonic::Status;
use tonic::transport::Channel;

use crate::deals::{fields, period};
use crate::invoice::Invoice;

/// A node's API as one member's home reaches it.
#[derive(Debug)]
pub struct Target {
    /// The member's home.
    home: PathBuf,
    credentials: Arc<Credentials>,
    pub(super) address: SocketAddr,
    node: String,
}

impl Target {
    /// The node whose folder holds `address`, which is called so, for the member of this home.
    ///
    /// # Panics
    /// When the files are not as expected.
    #[must_use]
    pub fn new(home: &Path, node_folder: &Path) -> Arc<Self> {
        let address = std::fs::read_to_string(node_folder.join("address"));
        let address = address.expect("the node has said where it listens");
        let of_node = Credentials::open(&node_folder.join(tls::FOLDER));
        let of_node = of_node.expect("the node has a certificate");
        let credentials = Credentials::open(&home.join(tls::FOLDER));
        Arc::new(Self {
            home: home.to_owned(),
            credentials: credentials.expect("the home's certificate"),
            address: address.trim().parse().expect("an address"),
            node: of_node.party().name().to_owned(),
        })
    }

    /// A client with a connection of its own. Must be called on a runtime.
    ///
    /// # Panics
    /// When the address is none.
    #[must_use]
    pub fn client(&self) -> NodeClient<Channel> {
        let address = format!("https://{}", self.address);
        let channel = tls::channel(&address, &self.node, &self.credentials, |to| to);
        NodeClient::new(channel.expect("an address")).max_decoding_message_size(2 * MAX_MESSAGE)
    }

    /// A connection under TLS on which nothing has been said; `None` where there is none.
    pub(super) async fn session(&self) -> Option<Session> {
        let stream = TcpStream::connect(self.address).await.ok()?;
        self.credentials.connect(stream, &self.node).await.ok()
    }

    /// The member as it signs.
    ///
    /// # Panics
    /// When its keys cannot be opened, or the node does not answer.
    pub async fn signer(&self) -> Signer {
        let mut node = self.client();
        let genesis = node.get_genesis(GetGenesisRequest {}).await;
        let genesis = genesis.expect("the node answers").into_inner();
        let genesis = Genesis::from_bytes(&genesis.genesis).expect("a genesis");
        let key = KeyFile::read(&self.home.join("key.txt")).expect("a home has a key file");
        let keystore = load(&self.home.join("keystore.age"), &Unlock::KeyFile(key));
        let InstitutionSecrets { secret, signing } = keystore.expect("a home has keys");
        let party = self.credentials.party();
        let alias = genesis.named(party.name()).expect("a member of genesis").id;
        let chain = chain_id(&genesis);
        let mut signer = Signer::new(chain, alias, signing);
        signer.secret = Some(secret);
        signer.catch_up(&mut node).await;
        signer
    }
}

/// An alias that signs one transaction after another.
#[derive(Debug)]
pub struct Signer {
    /// The chain.
    pub chain: ChainId,
    /// The alias.
    pub alias: AliasId,
    /// What a member's records are sealed from.
    secret: Option<InstitutionSecret>,
    key: SigningKey,
    next: Sequence,
}

impl Signer {
    pub(super) fn new(chain: ChainId, alias: AliasId, key: SigningKey) -> Self {
        Self {
            chain,
            alias,
            secret: None,
            key,
            next: Sequence(0),
        }
    }

    /// Seals an invoice of this number as a member.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn record(&self, number: &str) -> Record {
        let heading = Heading {
            chain: self.chain,
            sealer: self.alias,
            bank: self.alias,
            replaces: None,
        };
        let secret = self.secret.as_ref().expect("a member's");
        let sealed = Sealed::seal(&fields(&Invoice::new(number)), &heading, secret, period());
        sealed
            .expect("a test's invoice can be sealed")
            .into_parts()
            .0
    }

    /// Takes the sequence over that the node gives.
    async fn catch_up(&mut self, node: &mut NodeClient<Channel>) {
        let alias = self.alias.as_bytes().to_vec();
        if let Ok(sequences) = node.get_sequence(GetSequenceRequest { alias }).await {
            self.next = Sequence(sequences.into_inner().next);
        }
    }

    /// Hands a payload in, and waits so many milliseconds for its receipt.
    ///
    /// # Errors
    /// What the node says against it; the next one has the sequence that the node gives.
    pub async fn send(
        &mut self,
        node: &mut NodeClient<Channel>,
        payload: Payload,
        wait_ms: u32,
    ) -> Result<(), Status> {
        let body = TransactionBody {
            chain: self.chain,
            signer: self.alias,
            sequence: self.next,
            payload,
        };
        let signature = self.key.sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        let request = SubmitRequest {
            transaction: Transaction { body, signature }.to_bytes(),
            wait_ms,
            relayed: false,
        };
        let submitted = node.submit(request).await;
        match &submitted {
            Ok(_) => self.next = Sequence(self.next.0 + 1),
            Err(_) => self.catch_up(node).await,
        }
        submitted.map(drop)
    }
}
