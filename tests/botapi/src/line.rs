//! TCP connections that can be cut in the middle of an answer, as a bad network does.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The handle on one connection.
#[derive(Debug, Clone, Default)]
pub struct Line(Arc<Mutex<Ends>>);

#[derive(Debug, Default)]
struct Ends {
    cut: bool,
    reader: Option<Waker>,
}

impl Line {
    /// Ends the connection; what was not sent yet never is.
    pub fn cut(&self) {
        let reader = {
            let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            ends.cut = true;
            ends.reader.take()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    fn is_cut(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cut
    }
}

/// All connections that are open.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<Weak<Mutex<Ends>>>>>);

impl Lines {
    pub fn cut_all(&self) {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        all.iter().filter_map(Weak::upgrade).for_each(|ends| Line(ends).cut());
    }

    fn add(&self, line: &Line) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|ends| ends.strong_count() > 0);
        all.push(Arc::downgrade(&line.0));
    }
}

pub struct Switchboard {
    pub listener: TcpListener,
    pub lines: Lines,
}

impl Listener for Switchboard {
    type Io = Cuttable;
    type Addr = Line;

    async fn accept(&mut self) -> (Cuttable, Line) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    // Nagle's pause would make every small answer late.
                    let _ = stream.set_nodelay(true);
                    let line = Line::default();
                    self.lines.add(&line);
                    return (Cuttable { stream, line: line.clone() }, line);
                }
                // Out of file descriptors, or the caller was gone at once: neither is for ever.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Line> {
        Ok(Line::default())
    }
}

impl Connected<IncomingStream<'_, Switchboard>> for Line {
    fn connect_info(stream: IncomingStream<'_, Switchboard>) -> Line {
        stream.remote_addr().clone()
    }
}

pub struct Cuttable {
    stream: TcpStream,
    line: Line,
}

impl AsyncRead for Cuttable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        {
            let mut ends = self.line.0.lock().unwrap_or_else(PoisonError::into_inner);
            if ends.cut {
                return Poll::Ready(Ok(()));
            }
            ends.reader = Some(context.waker().clone());
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.line.is_cut() {
            return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
