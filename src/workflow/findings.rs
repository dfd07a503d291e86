//! What a comparison of a data map with live schemas found, as it stands sealed in its row.

use serde::{Deserialize, Serialize};

use crate::domain::ids::ControllerId;
use crate::domain::inventory::live::Undescribed;
use crate::domain::inventory::problem::Problem;
use crate::error::{Error, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Every system of the map that is not answered by hand.
    pub systems: Vec<SystemCheck>,
    /// What the map names and no system has.
    pub differences: Vec<Difference>,
    /// What a system has and the map does not describe, at most [`MOST_UNDESCRIBED`] of each.
    pub undescribed: Vec<Lacking>,
}

/// How many tables and columns without a description are named for each system.
pub const MOST_UNDESCRIBED: usize = 500;

/// How one system was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemCheck {
    pub system: String,
    /// Why it could not be compared, if so.
    pub hindrance: Option<Hindrance>,
}

/// What kept a system from being compared: a key of the catalogue with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hindrance {
    pub code: String,
    pub arguments: Vec<(String, String)>,
}

/// An error of the map, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub line: usize,
    pub column: usize,
    pub path: String,
    pub code: String,
    pub arguments: Vec<(String, String)>,
}

/// A table that the map does not describe, or a column of a table that it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    pub system: String,
    pub table: String,
    pub column: Option<String>,
}

impl From<&Problem> for Difference {
    fn from(problem: &Problem) -> Self {
        Self {
            line: problem.place.line,
            column: problem.place.column,
            path: problem.path.clone(),
            code: problem.rule.code().to_owned(),
            arguments: problem
                .arguments
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }
    }
}

impl Findings {
    /// Takes up what a system has beside its description.
    pub fn undescribed(&mut self, system: &str, lacking: Vec<Undescribed>) {
        let named = lacking.into_iter().take(MOST_UNDESCRIBED).map(|one| Lacking {
            system: system.to_owned(),
            table: one.table,
            column: one.column,
        });
        self.undescribed.extend(named);
    }

    /// Opens what was found.
    ///
    /// # Errors
    /// When the seal does not open.
    pub fn open(
        key: &ControllerKey,
        (controller, version): (ControllerId, i64),
        sealed: &[u8],
    ) -> Result<Self> {
        let place = findings_place(controller, version);
        let text =
            key.key().open(&Place::of_text("live_checks", "sealed_findings", &place), sealed)?;
        serde_json::from_slice(&text).map_err(|_| Error::internal("findings do not read"))
    }

    /// Seals what was found.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(
        &self,
        key: &ControllerKey,
        (controller, version): (ControllerId, i64),
    ) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(self).map_err(|_| Error::internal("findings to JSON"))?;
        let place = findings_place(controller, version);
        let place = Place::of_text("live_checks", "sealed_findings", &place);
        Ok(key.key().seal(&place, &text)?)
    }
}

fn findings_place(controller: ControllerId, version: i64) -> String {
    format!("{controller}/{version}")
}
