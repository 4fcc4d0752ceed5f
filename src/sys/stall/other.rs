//! Where nothing can be held back.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Service(Infallible);

impl Service {
    pub(super) fn start() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[derive(Debug)]
pub(super) struct Late(Infallible);

impl Late {
    pub(super) fn new(service: &Service, _content: &[u8]) -> io::Result<Self> {
        match service.0 {}
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self.0 {}
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        match self.0 {}
    }

    pub(super) fn hold_back(&self, _at: usize, _time: Duration) {
        match self.0 {}
    }
}
