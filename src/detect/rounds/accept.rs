//! What a run takes as it is.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::detect::DIFFERENCE;
use crate::model::relax::{RELAXATIONS, Relaxation, relaxation};

/// What is accepted: the relaxations that POSIX leaves open, and what the run adds.
#[derive(Clone, Debug)]
pub struct Accepted {
    relaxations: Vec<&'static Relaxation>,
    semantic_difference: bool,
}

/// A name that no relaxation has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "there is no relaxation `{name}`; the relaxations are: {}; and `{DIFFERENCE}` takes what differs \
     without any concurrency",
    names()
)]
pub struct UnknownRelaxation {
    /// The name.
    pub name: String,
}

/// A profile that cannot be used.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// It cannot be read.
    #[error("profile {path}: {why}")]
    Read {
        /// The file.
        path: String,
        /// The errno.
        why: String,
    },
    /// It is not what a profile looks like.
    #[error(
        "profile {path}: {why}; a profile is a table `[accept]` of relaxations, each with the \
         source that documents it: `silly-rename = \"https://...\"`"
    )]
    Shape {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// It accepts something that there is not.
    #[error("profile {path}: {unknown}")]
    Unknown {
        /// The file.
        path: String,
        /// The name.
        unknown: UnknownRelaxation,
    },
}

/// A profile: what a system documents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    /// Name of a relaxation, and the source that documents it.
    accept: BTreeMap<String, String>,
}

fn names() -> String {
    RELAXATIONS.map(|one| one.name).join(", ")
}

impl Default for Accepted {
    fn default() -> Self {
        Self {
            relaxations: RELAXATIONS.into_iter().filter(|one| one.accepted).collect(),
            semantic_difference: false,
        }
    }
}

impl Accepted {
    /// Accepts nothing.
    pub fn nothing() -> Self {
        Self { relaxations: Vec::new(), semantic_difference: false }
    }

    /// Accepts one more.
    ///
    /// # Errors
    /// [`UnknownRelaxation`].
    pub fn add(&mut self, name: &str) -> Result<(), UnknownRelaxation> {
        if name == DIFFERENCE {
            self.semantic_difference = true;
            return Ok(());
        }
        let one = relaxation(name).ok_or_else(|| UnknownRelaxation { name: name.to_owned() })?;
        if !self.relaxations.contains(&one) {
            self.relaxations.push(one);
        }
        Ok(())
    }

    /// No longer accepts one, be it one that POSIX leaves open.
    ///
    /// # Errors
    /// [`UnknownRelaxation`].
    pub fn remove(&mut self, name: &str) -> Result<(), UnknownRelaxation> {
        if name == DIFFERENCE {
            self.semantic_difference = false;
            return Ok(());
        }
        let one = relaxation(name).ok_or_else(|| UnknownRelaxation { name: name.to_owned() })?;
        self.relaxations.retain(|accepted| *accepted != one);
        Ok(())
    }

    /// Accepts what a profile file names.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn add_profile(&mut self, file: &Path) -> Result<(), ProfileError> {
        let path = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|error| ProfileError::Read {
            path: path.clone(),
            why: crate::sys::errno::describe(&error),
        })?;
        let profile: Profile = toml::from_str(&text).map_err(|error| ProfileError::Shape {
            path: path.clone(),
            why: error.message().to_owned(),
        })?;
        for (name, source) in &profile.accept {
            if source.trim().is_empty() {
                let why = format!("`{name}` has no source");
                return Err(ProfileError::Shape { path, why });
            }
            self.add(name)
                .map_err(|unknown| ProfileError::Unknown { path: path.clone(), unknown })?;
        }
        Ok(())
    }

    /// The relaxations.
    pub fn relaxations(&self) -> &[&'static Relaxation] {
        &self.relaxations
    }

    /// Whether a scenario that differs without any concurrency is skipped instead of failed.
    pub fn semantic_difference(&self) -> bool {
        self.semantic_difference
    }

    /// The names of all that is accepted, as [`Accepted::add`] takes them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let relaxations = self.relaxations.iter().map(|one| one.name);
        relaxations.chain(self.semantic_difference.then_some(DIFFERENCE))
    }
}
