//! `guichet recovery-sheet`: one text to print and to keep in a safe. It says where the parts of this
//! instance lie, how each is told to be the right one, and every step to put it back, in French and
//! English. The master key stands in it only when that is asked for.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, anyhow};
use clap::Args;
use secrecy::ExposeSecret;

use super::Outcome;
use super::instance::{Place, refused};
use crate::app::App;
use crate::audit::checkpoint::Checkpoint;
use crate::db::{audit, controllers, dialect};
use crate::language::{self, Language, text, text_with};
use crate::start::{self, Opening};

/// Characters of a line on paper.
const WIDTH: usize = 78;

/// What is printed.
#[derive(Debug, Args)]
pub struct RecoverySheet {
    #[command(flatten)]
    place: Place,
    /// One language alone.
    #[arg(long, value_enum)]
    language: Option<Language>,
    /// Prints the master key too. Whoever has the sheet and a backup then has everything: print it
    /// on a printer that keeps nothing, and keep it where no backup is.
    #[arg(long)]
    print_master_key: bool,
    /// Prints the fingerprint of the master key alone. It opens no database and makes nothing: a
    /// restore that follows finds everything empty.
    #[arg(long, conflicts_with_all = ["language", "print_master_key"])]
    fingerprint: bool,
}

/// What the sheet says of this instance.
struct Facts {
    base_url: String,
    database: String,
    folder: String,
    key_place: String,
    /// None where the key stands in the environment.
    key_file: Option<String>,
    fingerprint: String,
    backups: String,
    checkpoints: String,
    ledger: String,
    /// The name of an organisation (none for the instance), its verifier key and its newest
    /// checkpoint.
    trees: Vec<(Option<String>, String, Option<Checkpoint>)>,
    master_key: Option<String>,
    made_on: chrono::NaiveDate,
    nightly: bool,
}

/// Prints the sheet.
///
/// # Errors
/// When the instance cannot be opened.
pub fn run(arguments: &RecoverySheet, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if arguments.fingerprint {
        let key = start::existing_key(&arguments.place.config()?)?;
        writeln!(out, "{}", key.fingerprint())?;
        return Ok(Outcome::Done);
    }
    let app = arguments.place.open(Opening::Existing)?;
    let facts = facts(&app, arguments.print_master_key)?;
    let both = [Language::Fr, Language::En];
    let wanted = both.into_iter().filter(|one| arguments.language.is_none_or(|it| it == *one));
    for (place, language) in wanted.enumerate() {
        if place > 0 {
            // A printer begins a new sheet here.
            write!(out, "\u{c}")?;
        }
        out.write_all(sheet(language, &facts).as_bytes())?;
    }
    Ok(Outcome::Done)
}

fn facts(app: &App, with_key: bool) -> anyhow::Result<Facts> {
    let config = app.config();
    let sealer = crate::workflow::sealing::Sealer::new(app.vault(), &config.base_url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let read = app.read(move |conn| {
        let names = controllers::list_all(conn)?;
        let mut trees = Vec::new();
        for tree in audit::trees(conn)? {
            let named = names.iter().find(|it| Some(it.id) == tree.controller_id);
            let name = named.map(|it| it.name.clone());
            let newest = audit::newest_checkpoint(conn, tree.id)?;
            let newest = newest.and_then(|row| Checkpoint::parse(&row.note));
            trees.push((name, sealer.key(&tree.origin)?.to_string(), newest));
        }
        Ok(trees)
    });
    let trees = runtime.block_on(read).map_err(refused)?;
    let key_place = match &config.master_key {
        Some(_) => "GUICHET_MASTER_KEY".to_owned(),
        None => shown(&config.master_key_file),
    };
    let nightly = config.nightly.as_ref();
    let ledger = crate::worker::destroyed_keys::ledger_of(&config.checkpoint_dir);
    Ok(Facts {
        base_url: config.base_url.to_string(),
        database: dialect::place(&config.database_url),
        folder: shown(&start::sealed_folder(config)),
        key_file: config.master_key.is_none().then(|| key_place.clone()),
        key_place,
        fingerprint: app.vault().fingerprint(),
        backups: nightly.map_or_else(String::new, |nightly| shown(&nightly.dir)),
        checkpoints: shown(&config.checkpoint_dir),
        ledger: shown(&ledger),
        trees,
        master_key: with_key.then(|| master_key(config)).transpose()?,
        made_on: app.now().date_naive(),
        nightly: nightly.is_some(),
    })
}

fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn master_key(config: &crate::config::Config) -> anyhow::Result<String> {
    if let Some(key) = &config.master_key {
        return Ok(key.expose_secret().trim().to_owned());
    }
    let path = &config.master_key_file;
    let read = std::fs::read_to_string(path);
    let read = read.with_context(|| format!("cannot read {}", path.display()))?;
    let line = read.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    line.map(str::to_owned).ok_or_else(|| anyhow!("{} is empty", path.display()))
}

fn sheet(language: Language, facts: &Facts) -> String {
    let t = |key: &str| text(language, key);
    let made_on = language::date(language, facts.made_on);
    let told = [("address", facts.base_url.as_str()), ("day", made_on.as_str())];
    let title = text_with(language, "recovery-title", &told);
    let rule = "=".repeat(title.chars().count().min(WIDTH));
    let mut lines = vec![title, rule, String::new()];
    lines.extend(wrapped(&t("recovery-keep"), ""));
    lines.push(String::new());
    lines.push(t("recovery-where"));
    let mut part = |key: &str, value: &str| {
        lines.push(format!("  {}", t(key)));
        lines.push(format!("      {value}"));
    };
    part("recovery-key", &facts.key_place);
    part("recovery-fingerprint", &facts.fingerprint);
    part("recovery-database", &facts.database);
    part("recovery-folder", &facts.folder);
    let none = t("recovery-no-backups");
    part("recovery-backups", if facts.nightly { &facts.backups } else { &none });
    part("recovery-checkpoints", &facts.checkpoints);
    part("recovery-ledger", &facts.ledger);
    if let Some(key) = &facts.master_key {
        part("recovery-master-key", key);
    }
    lines.extend([String::new(), t("recovery-steps")]);
    lines.extend(steps(language, facts));
    lines.extend([String::new(), t("recovery-trees")]);
    for (name, key, newest) in &facts.trees {
        lines.push(format!("  {}", name.clone().unwrap_or_else(|| t("recovery-instance"))));
        lines.push(format!("      {key}"));
        if let Some(newest) = newest {
            let (size, root) = (newest.size.to_string(), newest.root.to_base64());
            let told = [("size", size.as_str()), ("root", root.as_str())];
            lines.push(format!("      {}", text_with(language, "recovery-checkpoint", &told)));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A paragraph in lines that fit on paper.
fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let mut lines = vec![indent.to_owned()];
    for word in text.split(' ') {
        let long = lines.last().is_some_and(|line| {
            line.trim().len() > 1 && line.chars().count() + word.chars().count() > WIDTH
        });
        if long {
            lines.push(format!("{indent}   "));
        }
        if let Some(line) = lines.last_mut() {
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// The steps, numbered, each with its command.
fn steps(language: Language, facts: &Facts) -> Vec<String> {
    let backup = if facts.nightly {
        format!("{}/guichet-YYYY-MM-DD.backup", facts.backups)
    } else {
        "FILE".to_owned()
    };
    let verify = format!(
        "guichet audit verify --database DATABASE_URL --checkpoint {}/TREE.checkpoints --key 'VKEY'",
        facts.checkpoints
    );
    let fingerprint = text_with(language, "recovery-step-key", &[("print", &facts.fingerprint)]);
    let place = facts.key_file.as_ref().map(|file| format!("chmod 0600 {file}"));
    let all: [(String, Option<String>); 8] = [
        (text(language, "recovery-step-install"), None),
        (
            text(language, "recovery-step-settings"),
            Some("export GUICHET_CONFIG=guichet.toml".into()),
        ),
        (text(language, "recovery-step-place"), place),
        (fingerprint, Some("guichet recovery-sheet --fingerprint".into())),
        (
            text(language, "recovery-step-restore"),
            Some(format!("guichet restore {backup} --ledger {}", facts.ledger)),
        ),
        (text(language, "recovery-step-verify"), Some(verify)),
        (text(language, "recovery-step-look"), Some("guichet serve".into())),
        (text(language, "recovery-step-unmute"), Some("guichet unmute".into())),
    ];
    let mut lines = Vec::new();
    for (number, (words, command)) in all.into_iter().enumerate() {
        lines.extend(wrapped(&format!("{}. {words}", number.saturating_add(1)), "  "));
        lines.extend(command.map(|command| format!("         {command}")));
    }
    lines
}
