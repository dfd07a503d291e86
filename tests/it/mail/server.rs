//! The mail server of this run, which `TEST_SMTP_URL` names, and what it put into its folder.

use std::path::PathBuf;

use guichet::mail::address::MailAddress;
use guichet::mail::settings::{Delivery, SmtpSettings, SmtpTls};
use mail_parser::MessageParser;
use url::Url;

/// A real mail server on ports of this machine.
pub struct MailServer {
    /// Offers STARTTLS.
    pub starttls: u16,
    /// Begins with TLS.
    pub implicit: u16,
    /// Has neither.
    pub plain: u16,
    home: PathBuf,
}

/// A mail as the server put it away.
pub struct Delivered {
    pub bytes: Vec<u8>,
}

impl MailServer {
    /// The server of this run; says why where there is none.
    pub fn find() -> Option<Self> {
        let Ok(url) = std::env::var("TEST_SMTP_URL") else {
            println!("skipped: TEST_SMTP_URL names no mail server");
            return None;
        };
        let url = Url::parse(&url).expect("TEST_SMTP_URL is smtp://localhost:…?…");
        let value = |wanted: &str| {
            let found = url.query_pairs().find(|(key, _)| key == wanted);
            found.map(|(_, value)| value.into_owned()).expect(wanted)
        };
        Some(Self {
            starttls: url.port().unwrap(),
            implicit: value("implicit").parse().unwrap(),
            plain: value("plain").parse().unwrap(),
            home: value("home").into(),
        })
    }

    /// The settings that reach it.
    pub fn settings(&self, port: u16, tls: SmtpTls) -> SmtpSettings {
        SmtpSettings {
            host: "localhost".to_owned(),
            port,
            tls,
            login: None,
            sender: MailAddress::parse("bounces@instance.example").unwrap(),
            roots: Some(std::fs::read(self.home.join("certificate.pem")).unwrap()),
        }
    }

    /// The usual way to it.
    pub fn delivery(&self) -> Delivery {
        Delivery::Smtp(Box::new(self.settings(self.starttls, SmtpTls::StartTls)))
    }

    /// The mails that it took for an address, once it has put away at least so many.
    pub fn delivered(&self, to: &str, at_least: usize) -> Vec<Delivered> {
        for _ in 0..200 {
            let found = self.look(to);
            if found.len() >= at_least {
                return found;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{} of {at_least} mails", self.look(to).len());
    }

    /// The mails that it has put away for an address by now, oldest first.
    pub fn look(&self, to: &str) -> Vec<Delivered> {
        let Ok(folder) = std::fs::read_dir(self.home.join("mail/new")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let read = paths.into_iter().filter_map(|path| std::fs::read(path).ok());
        let mails = read.map(|bytes| Delivered { bytes });
        mails.filter(|mail| mail.header("Envelope-To").contains(to)).collect()
    }

    /// What it returned to the sender about a mail, once it has.
    pub fn bounce_of(&self, message_id: &str) -> Vec<u8> {
        for _ in 0..200 {
            let returned = self.look("bounces@instance.example").into_iter();
            let mut ours =
                returned.filter(|mail| String::from_utf8_lossy(&mail.bytes).contains(message_id));
            if let Some(found) = ours.next() {
                return found.bytes;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{message_id} did not come back");
    }

    /// Whether it asks to come again for mail to this local part.
    pub fn set_busy(&self, local: &str, busy: bool) {
        let path = self.home.join("busy").join(local);
        if busy {
            std::fs::write(path, "").unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }
}

impl Delivered {
    /// As an independent reader takes it.
    pub fn read(&self) -> mail_parser::Message<'_> {
        MessageParser::default().parse(&self.bytes).unwrap()
    }

    /// A header as it stands, unfolded.
    pub fn header(&self, name: &str) -> String {
        let message = self.read();
        let raw = message.header_raw(name).unwrap_or_default().trim().to_owned();
        raw.replace("\r\n", "").replace('\n', "")
    }
}
