//! What a statement does and to which table, as far as its tokens say so plainly.

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    Replace,
    Create,
    Alter,
    Drop,
    Truncate,
    Begin,
    Commit,
    Rollback,
    Set,
    Show,
    Call,
    Other,
}

impl Verb {
    /// The word on screens and in columns.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Merge => "merge",
            Self::Replace => "replace",
            Self::Create => "create",
            Self::Alter => "alter",
            Self::Drop => "drop",
            Self::Truncate => "truncate",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Set => "set",
            Self::Show => "show",
            Self::Call => "call",
            Self::Other => "other",
        }
    }

    fn of_word(word: &str) -> Self {
        match word {
            "select" => Self::Select,
            "insert" => Self::Insert,
            "update" => Self::Update,
            "delete" => Self::Delete,
            "merge" => Self::Merge,
            "replace" => Self::Replace,
            "create" => Self::Create,
            "alter" => Self::Alter,
            "drop" => Self::Drop,
            "truncate" => Self::Truncate,
            "begin" | "start" => Self::Begin,
            "commit" => Self::Commit,
            "rollback" => Self::Rollback,
            "set" => Self::Set,
            "show" => Self::Show,
            "call" | "exec" | "execute" => Self::Call,
            _ => Self::Other,
        }
    }

    /// Verbs that common table expressions may stand before.
    const fn follows_with(self) -> bool {
        matches!(self, Self::Select | Self::Insert | Self::Update | Self::Delete | Self::Merge)
    }

    const fn is_about_a_table(self) -> bool {
        matches!(self, Self::Create | Self::Alter | Self::Drop | Self::Truncate)
    }
}

/// Watches the tokens as they are written.
#[derive(Debug, Default)]
pub(super) struct Subject {
    verb: Option<Verb>,
    /// The statement began with `with`: its verb comes later.
    is_behind_with: bool,
    search: Search,
    table: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Search {
    #[default]
    Looking,
    /// The next name is the table's. `is_source`: unless it is called, as in `from unnest(…)`.
    Announced {
        is_source: bool,
    },
    Named {
        is_source: bool,
        wants_more: bool,
    },
    Found,
}

/// Between the announcement and the name.
const FILLERS: [&str; 14] = [
    "only",
    "if",
    "not",
    "exists",
    "table",
    "ignore",
    "low_priority",
    "delayed",
    "quick",
    "high_priority",
    "overwrite",
    "concurrently",
    "lateral",
    "into",
];
/// Parts of a name: server, database, schema, table.
const PARTS_MAX: usize = 4;

impl Subject {
    /// A word in lower case. `depth` is 0 outside of all parentheses; `names_follow` if names of tables come next.
    pub(super) fn see_word(&mut self, word: &str, is_keyword: bool, depth: usize, names_follow: bool) {
        self.see_verb(word, depth);
        let verb = self.verb.unwrap_or(Verb::Other);
        let is_source = matches!(word, "from" | "join") && names_follow;
        let is_target = match word {
            "into" => matches!(verb, Verb::Insert | Verb::Replace | Verb::Merge),
            "update" => verb == Verb::Update && self.search == Search::Looking,
            "table" | "view" => verb.is_about_a_table(),
            "truncate" => verb == Verb::Truncate,
            "on" => verb == Verb::Create,
            _ => false,
        };
        if self.is_announced() && FILLERS.contains(&word) {
            return;
        }
        match &mut self.search {
            Search::Found => {}
            Search::Announced { is_source } if !is_keyword => {
                self.search = Search::Named { is_source: *is_source, wants_more: false };
                self.table.push_str(word);
            }
            Search::Named { wants_more, .. } if *wants_more => {
                *wants_more = false;
                self.table.push_str(word);
            }
            Search::Named { .. } => self.search = Search::Found,
            _ if is_source => self.search = Search::Announced { is_source: true },
            _ if is_target => self.search = Search::Announced { is_source: false },
            _ => self.search = Search::Looking,
        }
    }

    fn see_verb(&mut self, word: &str, depth: usize) {
        if self.verb.is_some() {
            return;
        }
        let verb = Verb::of_word(word);
        if self.is_behind_with {
            self.verb = (depth == 0 && verb.follows_with()).then_some(verb);
        } else if word == "with" {
            self.is_behind_with = true;
        } else {
            self.verb = Some(verb);
        }
    }

    /// A name in quotes.
    pub(super) fn see_name(&mut self, quoted: &str) {
        let name = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
        match &mut self.search {
            Search::Announced { is_source } => {
                self.search = Search::Named { is_source: *is_source, wants_more: false };
                self.table.push_str(name);
            }
            Search::Named { wants_more, .. } if *wants_more => {
                *wants_more = false;
                self.table.push_str(name);
            }
            Search::Named { .. } => self.search = Search::Found,
            Search::Looking | Search::Found => {}
        }
    }

    pub(super) fn see_sign(&mut self, sign: &str) {
        match &mut self.search {
            Search::Named { wants_more, .. }
                if sign == "." && self.table.matches('.').count() + 1 < PARTS_MAX =>
            {
                *wants_more = true;
                self.table.push('.');
            }
            Search::Named { is_source: true, .. } if sign == "(" => self.forget(),
            Search::Named { wants_more: true, .. } => self.forget(),
            Search::Named { .. } => self.search = Search::Found,
            Search::Announced { .. } => self.search = Search::Looking,
            Search::Looking | Search::Found => {}
        }
    }

    pub(super) fn see_value(&mut self) {
        match self.search {
            Search::Named { wants_more: true, .. } => self.forget(),
            Search::Named { .. } => self.search = Search::Found,
            Search::Announced { .. } => self.search = Search::Looking,
            Search::Looking | Search::Found => {}
        }
    }

    fn is_announced(&self) -> bool {
        matches!(self.search, Search::Announced { .. })
    }

    fn forget(&mut self) {
        self.table.clear();
        self.search = Search::Looking;
    }

    pub(super) fn finish(self) -> (Verb, Option<String>) {
        let is_whole = matches!(self.search, Search::Found | Search::Named { wants_more: false, .. });
        (self.verb.unwrap_or(Verb::Other), (is_whole && !self.table.is_empty()).then_some(self.table))
    }
}
