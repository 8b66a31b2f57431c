//! Inputs of the use cases of the programmes slice.

use crate::kernel::id::ProgrammeId;

/// Where the file of a draft comes from.
#[derive(Clone, Debug)]
pub enum DraftSource {
    /// It is written out.
    Definition(String),
    /// A template that ships with the product, by its key.
    Template(String),
}

/// A programme as the caller saw it.
#[derive(Clone, Copy, Debug)]
pub struct SeenProgramme {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its version.
    pub version: i64,
}

/// Draft the next version of a programme, or the first of a new one.
#[derive(Clone, Debug)]
pub struct DraftProgramme {
    /// The programme; none for a new one.
    pub seen: Option<SeenProgramme>,
    /// The file.
    pub source: DraftSource,
}

/// Say whether new cases follow a programme.
#[derive(Clone, Copy, Debug)]
pub struct UpdateProgramme {
    /// The programme.
    pub seen: SeenProgramme,
    /// Whether new cases follow it.
    pub active: bool,
}
