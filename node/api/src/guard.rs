//! Before each call: whether its caller may make it; and on it: how many bytes it holds.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use sealane_wire::tls::Party;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};

use crate::callers::{Call, Callers};

/// Most bytes that are handed to the connection at once: what is not sent yet stays here and is counted.
const PIECE: usize = 64 << 10;

/// A service behind the limits of each caller.
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    pub(crate) inner: S,
    pub(crate) callers: Arc<Callers>,
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        let who = request.extensions().get::<Party>().cloned();
        let call = match self.callers.begin(who, Instant::now()) {
            Ok(call) => Arc::new(call),
            Err(status) => return Box::pin(async move { Ok(status.into_http()) }),
        };
        let account = Arc::clone(&call.account);
        request.extensions_mut().insert(account);
        let counted = |way, body, call: &Arc<Call>| {
            Body::new(Counted {
                way,
                body,
                call: Arc::clone(call),
                rest: Bytes::new(),
                given: 0,
            })
        };
        let request = request.map(|body| counted(Way::Request, body, &call));
        let answering = self.inner.call(request);
        Box::pin(async move {
            let response = answering.await?;
            Ok(response.map(|body| {
                if body.is_end_stream() {
                    call.is_answered(); // nobody asks for its end
                }
                counted(Way::Answer, body, &call)
            }))
        })
    }
}

/// What a body is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is refused where it is above the caller's limit.
    Request,
    /// It is there already: where it is above the limit, the next calls are refused until it has been read. A piece
    /// counts until the next one is asked for, so a stream that is read holds no more than what is under way.
    Answer,
}

/// A body whose bytes are counted for the call that it keeps open.
struct Counted {
    way: Way,
    body: Body,
    call: Arc<Call>,
    /// Counted, and not handed on yet.
    rest: Bytes,
    /// Bytes of the answer's piece that was handed on last.
    given: usize,
}

impl Counted {
    /// Notes that nothing more of the body comes.
    fn ended(&self) {
        if self.way == Way::Answer {
            self.call.is_answered();
        }
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let given = std::mem::take(&mut self.given);
        self.call.give_back(given);
        if self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                ended => {
                    self.ended();
                    return Poll::Ready(ended);
                }
            };
            match frame.into_data() {
                Ok(data) => {
                    let fits = self.call.add(data.len(), Instant::now());
                    if self.way == Way::Request {
                        self.call.account.took_frames(data.len());
                        fits?;
                    }
                    self.rest = data;
                }
                Err(trailers) => {
                    self.ended();
                    return Poll::Ready(Some(Ok(trailers)));
                }
            }
        }
        let piece = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(piece);
        if self.way == Way::Answer {
            self.given = piece.len();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
