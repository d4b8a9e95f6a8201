//! One side of connections: who it is, whom it believes, and which connections it has.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::NoServerSessionStorage;
use rustls::version::TLS13;
use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};
use tokio_util::sync::CancellationToken;

use super::files::{AUTHORITY, Files, IDENTITY, REVOKED, damaged, parsed, sweep};
use super::list::{List, newest};
use super::trust::{Judges, Unfit, issuer, names};
use super::{Party, Session, TlsError};

/// HTTP/2, the one protocol that is spoken.
const ALPN: &[u8] = b"h2";

/// One side's certificates, read again when they change, and its connections.
pub struct Credentials {
    folder: PathBuf,
    loaded: RwLock<Arc<Loaded>>,
    sessions: Mutex<Vec<Live>>,
}

struct Loaded {
    files: Files,
    party: Party,
    ends: i64,
    begins: i64,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    judges: Judges,
    lists: Vec<List>,
    revoked: bool,
}

/// A connection that is open, or was a moment ago.
struct Live {
    peer: Party,
    /// Whether the other side was called, and must be a node of this name.
    called: bool,
    chain: Vec<CertificateDer<'static>>,
    cut: CancellationToken,
    closed: CancellationToken,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Credentials({})", self.folder.display())
    }
}

impl Credentials {
    /// Reads the files of a folder.
    ///
    /// # Errors
    /// When one is absent, damaged, or does not fit the others: the own certificate must be of one of the authorities,
    /// of which there is a revocation list.
    pub fn open(folder: &Path) -> Result<Arc<Self>, TlsError> {
        sweep(folder);
        let loaded = Arc::new(Loaded::read(folder)?);
        Ok(Arc::new(Self {
            folder: folder.to_owned(),
            loaded: RwLock::new(loaded),
            sessions: Mutex::default(),
        }))
    }

    fn loaded(&self) -> Arc<Loaded> {
        let loaded = self.loaded.read();
        Arc::clone(&loaded.unwrap_or_else(PoisonError::into_inner))
    }

    /// Who this side is.
    #[must_use]
    pub fn party(&self) -> Party {
        self.loaded().party.clone()
    }

    /// When this side's own certificate begins to be valid, in seconds since 1970.
    #[must_use]
    pub fn begins(&self) -> i64 {
        self.loaded().begins
    }

    /// When this side's own certificate ends, in seconds since 1970.
    #[must_use]
    pub fn ends(&self) -> i64 {
        self.loaded().ends
    }

    /// Whether this side's own certificate is revoked by the list here.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.loaded().revoked
    }

    /// Takes over files that changed, and cuts connections whose other side does not hold any more: it was revoked,
    /// has ended, or is of an authority that is not believed now. Says who was cut.
    ///
    /// # Errors
    /// When the files cannot be used, or a revocation list is older than the one in force: what was read before stays
    /// in force.
    pub fn refresh(&self) -> Result<Vec<Party>, TlsError> {
        let read = self.reload();
        let cut = self.cut();
        read.map(|()| cut)
    }

    fn reload(&self) -> Result<(), TlsError> {
        if Files::read(&self.folder)? == self.loaded().files {
            return Ok(());
        }
        let loaded = Arc::new(Loaded::read(&self.folder)?);
        self.loaded().check_follows(&loaded, &self.folder)?;
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    fn cut(&self) -> Vec<Party> {
        let loaded = self.loaded();
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|live| !live.closed.is_cancelled());
        let mut cut = Vec::new();
        sessions.retain(|live| {
            let holds = loaded.believes(live);
            if !holds {
                live.cut.cancel();
                cut.push(live.peer.clone());
            }
            holds
        });
        cut
    }

    /// Greets who called.
    ///
    /// # Errors
    /// When it does not show a certificate that holds.
    pub async fn accept(&self, stream: TcpStream) -> Result<Session, TlsError> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.loaded().server));
        let stream = acceptor.accept(stream).await.map_err(TlsError::Handshake)?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let chain: Vec<_> = chain.iter().map(|one| one.clone().into_owned()).collect();
        let peer = party(&chain)?;
        self.session(stream.into(), peer, false, chain)
    }

    /// Calls a node, and makes sure that it is the one of this name.
    ///
    /// # Errors
    /// When it does not show a certificate that holds.
    pub async fn connect(&self, stream: TcpStream, node: &str) -> Result<Session, TlsError> {
        let connector = TlsConnector::from(Arc::clone(&self.loaded().client));
        let peer = Party::Node(node.to_owned());
        let stream = connector.connect(server_name(&peer)?, stream).await;
        let stream = stream.map_err(TlsError::Handshake)?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let chain: Vec<_> = chain.iter().map(|one| one.clone().into_owned()).collect();
        self.session(stream.into(), peer, true, chain)
    }

    /// Notes the connection, so that it can be cut. What changed during the greeting counts already.
    fn session(
        &self,
        stream: TlsStream<TcpStream>,
        peer: Party,
        called: bool,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<Session, TlsError> {
        let (cut, closed) = (CancellationToken::new(), CancellationToken::new());
        let session = Session::new(stream, peer.clone(), &cut, closed.clone());
        let live = Live {
            peer,
            called,
            chain,
            cut,
            closed,
        };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.loaded().believes(&live) {
            let reason = io::Error::other("the other side's certificate does not hold any more");
            return Err(TlsError::Handshake(reason));
        }
        sessions.retain(|live| !live.closed.is_cancelled());
        sessions.push(live);
        Ok(session)
    }
}

fn server_name(peer: &Party) -> Result<ServerName<'static>, TlsError> {
    let name = ServerName::try_from(peer.dns_name());
    name.map_err(|error| TlsError::Certificate(format!("{peer}: {error}")))
}

/// The one party that a certificate names.
fn party(chain: &[CertificateDer<'_>]) -> Result<Party, TlsError> {
    let nobody = |reason: &str| TlsError::Certificate(format!("a certificate {reason}"));
    let own = chain.first().ok_or_else(|| nobody("is missing"))?;
    let own = webpki::EndEntityCert::try_from(own).map_err(|error| nobody(&error.to_string()))?;
    let mut names = own.valid_dns_names();
    match (names.next().and_then(Party::of_dns_name), names.next()) {
        (Some(party), None) => Ok(party),
        _ => Err(nobody("names no node and no home of a network")),
    }
}

impl Loaded {
    fn read(folder: &Path) -> Result<Self, TlsError> {
        let files = Files::read(folder)?;
        let (chain, key) = files.identity(folder)?;
        let party = party(&chain)?;
        let own = chain.first().map_or(&[][..], |own| own);
        let ends = parsed(own)?.validity().not_after.timestamp();
        let begins = parsed(own)?.validity().not_before.timestamp();
        let authorities = files.authorities(folder)?;
        if authorities.is_empty() {
            return Err(damaged(&folder.join(AUTHORITY), "has no certificate"));
        }
        let lists = newest(&authorities, files.lists(folder)?);
        let known = names(&authorities).contains(&issuer(&chain)?);
        if lists.is_empty() && !known {
            return Err(Unfit::Authority.told(folder, &chain, &authorities));
        }
        if lists.is_empty() {
            let none = format!("has no revocation list of {}", names(&authorities));
            return Err(damaged(&folder.join(REVOKED), &none));
        }
        let judges = Judges::new(authorities.clone(), &lists);
        let judges = judges.map_err(|why| damaged(&folder.join(AUTHORITY), &why))?;
        let revoked = judges.is_revoked(&chain);
        let revoked = revoked.map_err(|why| why.told(folder, &chain, &authorities))?;
        let provider = Arc::new(ring::default_provider());
        let unfit = |error: &dyn std::fmt::Display| {
            damaged(&folder.join(IDENTITY), &format!("cannot be used ({error})"))
        };
        let server = server(&provider, &judges, (chain.clone(), key.clone_key()));
        let client = client(&provider, &judges, (chain, key));
        Ok(Self {
            party,
            ends,
            begins,
            server: Arc::new(server.map_err(|error| unfit(&error))?),
            client: Arc::new(client.map_err(|error| unfit(&error))?),
            judges,
            lists,
            revoked,
            files,
        })
    }

    /// That no revocation list of the later files is older than the one of the same authority that is in force.
    fn check_follows(&self, later: &Self, folder: &Path) -> Result<(), TlsError> {
        for before in &self.lists {
            let mut lists = later.lists.iter();
            let Some(list) = lists.find(|list| list.is_beside(before) && !list.may_follow(before))
            else {
                continue;
            };
            let older = format!(
                "has the revocation list number {} of {}, and number {} is in force, which stays: an older one would let in again who was \
                 revoked since. Install the authority's newest (sealane certificate install)",
                list.number, list.by, before.number
            );
            return Err(TlsError::file(folder.join(REVOKED), older));
        }
        Ok(())
    }

    /// Whether the other side of a connection holds now.
    fn believes(&self, live: &Live) -> bool {
        let Some((own, between)) = live.chain.split_first() else {
            return false;
        };
        let now = UnixTime::now();
        if !live.called {
            let verified = self.judges.clients.verify_client_cert(own, between, now);
            return verified.is_ok();
        }
        let name = server_name(&live.peer);
        name.is_ok_and(|name| {
            let verified = self
                .judges
                .servers
                .verify_server_cert(own, between, &name, &[], now);
            verified.is_ok()
        })
    }
}

type Identity = (
    Vec<CertificateDer<'static>>,
    rustls_pki_types::PrivateKeyDer<'static>,
);

fn server(
    provider: &Arc<CryptoProvider>,
    judges: &Judges,
    (chain, key): Identity,
) -> Result<ServerConfig, rustls::Error> {
    let config = ServerConfig::builder_with_provider(Arc::clone(provider));
    let mut config = config
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::clone(&judges.clients))
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    // a session that goes on from an earlier one would not show its certificate again
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

fn client(
    provider: &Arc<CryptoProvider>,
    judges: &Judges,
    (chain, key): Identity,
) -> Result<ClientConfig, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::clone(provider));
    let mut config = config
        .with_protocol_versions(&[&TLS13])?
        .with_webpki_verifier(Arc::clone(&judges.servers))
        .with_client_auth_cert(chain, key)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}
