//! What a mutant is.

/// What is mutated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A condition of a write or a query.
    Condition,
    /// A decision that the code marks with `mutants::guard`.
    Guard,
    /// A `Catch` of a workflow.
    Catch,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It is not there.
    Dropped,
    /// It lets a little more through.
    Weaker,
    /// An alternative that never holds.
    Never,
}

impl How {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Weaker => "weaker",
            Self::Never => "never",
        }
    }
}

/// One mutant.
#[derive(Debug, Clone)]
pub(crate) struct Mutant {
    pub(crate) name: String,
    /// Where, as `rialto_dynamo::mutants` tells it.
    pub(crate) site: String,
    /// The crate whose tests are to notice; for a workflow's, the simulation's.
    pub(crate) package: String,
    pub(crate) kind: Kind,
    pub(crate) how: How,
}

impl Mutant {
    /// For the environment variable `RIALTO_MUTANT`.
    pub(crate) fn switch(&self) -> String {
        format!("{}@{}", self.how.name(), self.site)
    }
}
