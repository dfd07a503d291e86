//! `policy.yaml`, and what it makes each caller expect.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use guichet::web::Operation;
use serde::Deserialize;

use super::world::{Caller, Of};

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    Anybody,
    /// The caller's own account.
    #[serde(rename = "self")]
    Account,
    Queue,
    NamedController,
    Controller,
    Request,
    OwnKey,
    Instance,
}

/// One row of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub on: On,
    #[serde(default)]
    may: Vec<String>,
    #[serde(default)]
    newcomer: bool,
}

/// The whole table.
pub static POLICY: LazyLock<BTreeMap<String, Rule>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../policy.yaml")).unwrap());

/// The rule of an operation.
pub fn of(operation: &Operation) -> &'static Rule {
    POLICY.get(operation.id).unwrap_or_else(|| {
        panic!(
            "{} has no policy: say in tests/it/policy.yaml what it is about and who may call it",
            operation.id
        )
    })
}

/// What a call comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Neither refused nor hidden: whatever the state of the object makes of it.
    Reached,
    Unauthenticated,
    Forbidden,
    /// As if it did not exist.
    Hidden,
    /// The body names something that the caller may not know of.
    Unknown,
}

impl Outcome {
    pub const fn of_status(status: u16, names_nothing: bool) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::Hidden,
            422 if names_nothing => Self::Unknown,
            _ => Self::Reached,
        }
    }
}

impl Rule {
    /// Whether the caller's roles for the object's controller are among those that may.
    fn lets(&self, caller: &Caller, of: Of) -> bool {
        let roles = if of == Of::Own { &caller.roles } else { &caller.roles_elsewhere };
        roles.iter().any(|role| self.may.iter().any(|may| may == role.name()))
            || (caller.is_operator && self.may.iter().any(|may| may == "operator"))
    }

    /// What the table promises this caller about an object of this controller.
    pub fn expected(&self, caller: &Caller, of: Of) -> Outcome {
        if self.on == On::Anybody {
            return Outcome::Reached;
        }
        if !caller.is_signed_in {
            return Outcome::Unauthenticated;
        }
        if caller.must_change_password {
            return if self.newcomer { Outcome::Reached } else { Outcome::Forbidden };
        }
        let roles = if of == Of::Own { &caller.roles } else { &caller.roles_elsewhere };
        let serves = !roles.is_empty();
        match self.on {
            On::Anybody | On::Account => Outcome::Reached,
            On::OwnKey if of == Of::Own => Outcome::Reached,
            On::OwnKey => Outcome::Hidden,
            On::Queue => {
                let anywhere = self.lets(caller, Of::Own) || self.lets(caller, Of::Elsewhere);
                if anywhere { Outcome::Reached } else { Outcome::Forbidden }
            }
            _ if self.lets(caller, of) => Outcome::Reached,
            On::NamedController if !serves => Outcome::Unknown,
            On::Controller | On::Request if !serves => Outcome::Hidden,
            On::NamedController | On::Controller | On::Request | On::Instance => Outcome::Forbidden,
        }
    }
}
