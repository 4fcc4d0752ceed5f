//! `fsrace explain CODE`.

use clap::Args;

use super::exit::{CliError, Exit};
use crate::detect::{DETECTORS, find};
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Code of a detector; without one, all codes are listed
    code: Option<String>,
}

impl Explain {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let Some(code) = self.code else {
            for detector in DETECTORS {
                print::out(&format!("{:<18} {}\n", detector.code, detector.summary));
            }
            return Ok(Exit::Clean);
        };
        let Some(detector) = find(&code) else {
            let codes = DETECTORS.iter().map(|detector| detector.code);
            let known: Vec<&str> = codes.collect();
            let near = known.iter().max_by(|a, b| {
                let similar = |known: &str| strsim::jaro_winkler(known, &code);
                similar(a).total_cmp(&similar(b))
            });
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(CliError::Usage(format!(
                "there is no detector `{code}`{hint}\nThe codes are: {}",
                known.join(", ")
            )));
        };
        print::out(detector.page);
        Ok(Exit::Clean)
    }
}
