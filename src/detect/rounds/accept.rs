//! Which relaxations a run takes as they are.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::model::relax::{RELAXATIONS, Relaxation, relaxation};

/// The relaxations that are accepted: those that POSIX leaves open, and what the run adds.
#[derive(Clone, Debug)]
pub struct Accepted(Vec<&'static Relaxation>);

/// A name that no relaxation has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no relaxation `{name}`; the relaxations are: {}", names())]
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
        Self(RELAXATIONS.into_iter().filter(|one| one.accepted).collect())
    }
}

impl Accepted {
    /// Accepts nothing.
    pub fn nothing() -> Self {
        Self(Vec::new())
    }

    /// Accepts one more.
    ///
    /// # Errors
    /// [`UnknownRelaxation`].
    pub fn add(&mut self, name: &str) -> Result<(), UnknownRelaxation> {
        let one = relaxation(name).ok_or_else(|| UnknownRelaxation { name: name.to_owned() })?;
        if !self.0.contains(&one) {
            self.0.push(one);
        }
        Ok(())
    }

    /// No longer accepts one, be it one that POSIX leaves open.
    ///
    /// # Errors
    /// [`UnknownRelaxation`].
    pub fn remove(&mut self, name: &str) -> Result<(), UnknownRelaxation> {
        let one = relaxation(name).ok_or_else(|| UnknownRelaxation { name: name.to_owned() })?;
        self.0.retain(|accepted| *accepted != one);
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
        &self.0
    }
}
