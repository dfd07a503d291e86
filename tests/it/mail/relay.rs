//! A relay before the mail server that can be shut, and that can swallow the last word of the
//! server: what a broken line does.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Passes bytes between whoever connects and a port of this machine.
pub struct Relay {
    pub port: u16,
    open: Arc<AtomicBool>,
    swallow: Arc<AtomicBool>,
    /// How many answers to a whole mail were swallowed.
    pub swallowed: Arc<AtomicU32>,
}

impl Relay {
    /// A relay to a port.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Self {
            port: listener.local_addr().unwrap().port(),
            open: Arc::new(AtomicBool::new(true)),
            swallow: Arc::default(),
            swallowed: Arc::default(),
        };
        let (open, swallow) = (Arc::clone(&relay.open), Arc::clone(&relay.swallow));
        let swallowed = Arc::clone(&relay.swallowed);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !open.load(Ordering::SeqCst) {
                    continue;
                }
                let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let up = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || pass(up.0, up.1, |_| true));
                let (swallow, swallowed) = (Arc::clone(&swallow), Arc::clone(&swallowed));
                let mut data = false;
                std::thread::spawn(move || {
                    pass(server, client, move |bytes| {
                        if data && swallow.load(Ordering::SeqCst) {
                            swallowed.fetch_add(1, Ordering::SeqCst);
                            return false;
                        }
                        data = data || bytes.starts_with(b"354");
                        true
                    });
                });
            }
        });
        relay
    }

    /// Whether connections come through.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::SeqCst);
    }

    /// Whether the answer to a whole mail is kept from whoever sent it.
    pub fn set_swallow(&self, swallow: bool) {
        self.swallow.store(swallow, Ordering::SeqCst);
    }
}

/// Passes what `wanted` lets through; what it does not is lost, and the line stays open.
fn pass(mut from: TcpStream, mut to: TcpStream, mut wanted: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || (wanted(&buffer[..read]) && to.write_all(&buffer[..read]).is_err()) {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}
