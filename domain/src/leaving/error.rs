//! What keeps a district from the next step.

/// Why a step is not taken: in words for whoever runs the installation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeavingError {
    /// No such district.
    #[error("no district has the code {0}: see `fengqiao district list`")]
    NotFound(String),
    /// The platform is no district.
    #[error("the platform does not leave")]
    Platform,
    /// It stands open.
    #[error("{0} stands open: `fengqiao district close {0}` first")]
    Open(String),
    /// What was begun before it was closed may not be over.
    #[error(
        "{code} was closed lately, and what was begun before may not be over: come again in {seconds} seconds"
    )]
    ClosedLately {
        /// The district.
        code: String,
        /// How long to wait.
        seconds: i64,
    },
    /// A write that was begun before it was closed is not over.
    #[error(
        "a write that was begun before {0} was closed is not over, such as a file of very many rows: come again when it is"
    )]
    StillWriting(String),
    /// What it holds was not handed over.
    #[error(
        "{0} was not handed over since it was closed: `fengqiao district export {0} --into FOLDER` first"
    )]
    NotExported(String),
    /// Something came since it was handed over.
    #[error(
        "{table} of {code} has {rows} more than were handed over: `fengqiao district export {code} --into FOLDER` again"
    )]
    GrownSince {
        /// The district.
        code: String,
        /// Where.
        table: String,
        /// How many came.
        rows: u64,
    },
    /// Files that were handed over are not in the storage that is erased.
    #[error(
        "{there} of the {handed_over} attachments of {code} that were handed over are in the storage that [attachments] names: is it that of the servers? \
         Where they were removed since, export again, or give --without-missing-files"
    )]
    OtherStorage {
        /// The district.
        code: String,
        /// Files that are there.
        there: u64,
        /// Files that were handed over.
        handed_over: u64,
    },
    /// The tables that the owner sees are not those of this store.
    #[error(
        "the owner's address does not lead to the tables of {0}: see database.owner_url and --owner-database"
    )]
    OtherDatabase(String),
    /// It is being erased, or was.
    #[error("{0} is being erased, or was: it does not come back")]
    Gone(String),
    /// Whoever asks names another district.
    #[error("{code} is called {name}: give this name with --named, to show which one is meant")]
    OtherName {
        /// The district.
        code: String,
        /// Its name.
        name: String,
    },
    /// Somebody wrote while rows were removed.
    #[error("{rows} rows came into {table} while it was erased: run it again")]
    StillWritten {
        /// Where.
        table: String,
        /// How many.
        rows: u64,
    },
}
