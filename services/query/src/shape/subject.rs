//! Whose figures a dashboard or a field shows.

use naru_lake::rollup::Kind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    Project,
    Application(String),
    Instance { application: String, instance: String },
}

impl Subject {
    /// An instance without its application is no subject: ask for spans, which tell all of that name.
    pub(crate) fn new(application: Option<String>, instance: Option<String>) -> Option<Self> {
        match (application, instance) {
            (Some(application), Some(instance)) => Some(Self::Instance { application, instance }),
            (Some(application), None) => Some(Self::Application(application)),
            (None, None) => Some(Self::Project),
            (None, Some(_)) => None,
        }
    }

    /// Rows of its transactions and, when anybody counts them, of who made them.
    pub(crate) const fn kinds(&self) -> &'static [Kind] {
        match self {
            Self::Project => &[Kind::Project, Kind::Users],
            Self::Application(_) => &[Kind::Service, Kind::Users],
            Self::Instance { .. } => &[Kind::Instance],
        }
    }

    /// Rows of its transactions alone.
    pub(crate) const fn transactions(&self) -> &'static [Kind] {
        self.kinds().split_at(1).0
    }

    pub(crate) fn holds(&self, kind: Kind, service: &str, name: &str) -> bool {
        match self {
            Self::Project => kind == Kind::Project || service.is_empty(),
            Self::Application(application) => service == application,
            Self::Instance { application, instance } => service == application && name == instance,
        }
    }
}
