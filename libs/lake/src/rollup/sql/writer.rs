//! From tokens to text: one spelling, one space, one `?` for any number of values.

use super::{CUT, TEXT_BYTES_MAX, Verb, lexer::Token, subject::Subject, words::is_keyword};

/// What stands last in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Last {
    #[default]
    Nothing,
    Keyword,
    Name,
    Value,
    /// `)` or `]`.
    Close,
    /// `(` or `[`.
    Open,
    Dot,
    Comma,
    Sign,
    /// Plus or minus before a value, not between two.
    Prefix,
}

/// What parentheses (or `values`, which opens a list without any) hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Anything,
    /// Arguments of a function.
    Arguments,
    /// Names of columns to insert into.
    Columns,
    /// Values or rows of an IN list or a row: what repeats is dropped.
    Items {
        may_be_rows: bool,
    },
    /// Rows behind `values`, which no parenthesis closes.
    Rows,
}

#[derive(Debug)]
struct Frame {
    holds: Holds,
    /// Where the text of the current item begins.
    item: Option<usize>,
    /// From where to where the item before it goes.
    item_before: Option<(usize, usize)>,
}

#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    last: Last,
    is_full: bool,
    frames: Vec<Frame>,
    /// Open parentheses and brackets: the frames that are not [`Holds::Rows`].
    depth: usize,
    subject: Subject,
    /// Where a plus or minus begins that belongs to the next value, and what stood before it.
    prefix: Option<(usize, Last)>,
    context: Context,
    /// How deep the assignments of `set` lie.
    set_depth: Option<usize>,
}

/// What the keyword before says about the token that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Context {
    #[default]
    None,
    /// The next quoted thing is a name.
    BeforeName,
    /// `into` and the table's name: a parenthesis opens a list of columns.
    BeforeColumns,
    /// A parenthesis or bracket opens a list: `in`, `array`.
    BeforeItems,
}

impl Writer {
    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Ends the text here and says so.
    pub(super) fn cut(&mut self) {
        self.leave_item();
        self.is_full = true;
        self.text.push_str(CUT);
    }

    /// `next` is the first byte behind the token.
    pub(super) fn write(&mut self, token: Token<'_>, next: u8) {
        self.leave_rows(token);
        match token {
            Token::Word(word) => self.word(word),
            Token::Name(name) => self.name(name),
            Token::Either(quoted) if self.is_place_of_name(next) => self.name(quoted),
            Token::Either(_) | Token::Value => self.value(),
            Token::Sign(sign) => self.sign(sign),
            Token::Disputed => self.cut(),
        }
    }

    pub(super) fn finish(mut self) -> (String, Verb, Option<String>) {
        while !self.is_full && !self.frames.is_empty() {
            self.leave_item();
            self.frames.pop();
        }
        while !self.is_full && self.text.ends_with(';') {
            self.text.pop();
        }
        let (verb, table) = self.subject.finish();
        (self.text, verb, table)
    }

    /// Whether something in double quotes can only be a name here.
    fn is_place_of_name(&self, next: u8) -> bool {
        let is_assigned = next == b'='
            && self.set_depth == Some(self.frames.len())
            && (self.last == Last::Comma || self.text.ends_with("set"));
        next == b'.'
            || self.last == Last::Dot
            || self.context == Context::BeforeName
            || (self.context == Context::BeforeColumns && self.last == Last::Keyword)
            || self.holds() == Holds::Columns
            || is_assigned
    }

    fn holds(&self) -> Holds {
        self.frames.last().map_or(Holds::Anything, |frame| frame.holds)
    }

    /// Makes room and puts the space before a token of `length` bytes. False if the text is full.
    fn begin(&mut self, length: usize, is_tight: bool) -> bool {
        if self.text.len() + 1 + length > TEXT_BYTES_MAX - CUT.len() {
            self.cut();
            return false;
        }
        if !is_tight && !matches!(self.last, Last::Nothing | Last::Open | Last::Dot) {
            self.text.push(' ');
        }
        let at = self.text.len();
        if let Some(frame) = self.frames.last_mut() {
            frame.item.get_or_insert(at);
        }
        true
    }

    fn word(&mut self, word: &str) {
        if !self.begin(word.len(), false) {
            return;
        }
        let start = self.text.len();
        self.text.push_str(word);
        self.text[start..].make_ascii_lowercase();
        let word = &self.text[start..];
        // Behind a dot everything is a name.
        let is_keyword = is_keyword(word) && self.last != Last::Dot;
        // Not in `trim(both from x)`, nor in `a is distinct from b`.
        let names_follow = is_keyword
            && self.holds() != Holds::Arguments
            && !(word == "from" && self.text[..start].trim_end().ends_with("distinct"));
        self.subject.see_word(word, is_keyword, self.depth, names_follow);
        self.context = match word {
            "into" | "references" if names_follow => Context::BeforeColumns,
            "from" | "join" | "update" | "table" | "index" | "view" | "as" if names_follow => {
                Context::BeforeName
            }
            "in" if is_keyword => Context::BeforeItems,
            "array" => Context::BeforeItems,
            _ if self.context == Context::BeforeColumns && !is_keyword => Context::BeforeColumns,
            _ => Context::None,
        };
        let is_values = is_keyword && word == "values";
        if is_keyword {
            match word {
                "set" => self.set_depth = Some(self.frames.len()),
                "select" | "with" | "where" | "from" | "returning" | "order" | "limit" => {
                    self.set_depth = None
                }
                _ => {}
            }
            if let ("select" | "with", Holds::Items { .. }, Some(frame)) =
                (word, self.holds(), self.frames.last_mut())
            {
                frame.holds = Holds::Anything;
            }
        }
        self.put(if is_keyword { Last::Keyword } else { Last::Name });
        if is_values {
            self.frames.push(Frame { holds: Holds::Rows, item: None, item_before: None });
        }
    }

    fn name(&mut self, name: &str) {
        if !self.begin(name.len(), false) {
            return;
        }
        self.text.push_str(name);
        self.subject.see_name(name);
        if self.context != Context::BeforeColumns {
            self.context = Context::None;
        }
        self.put(Last::Name);
    }

    fn value(&mut self) {
        if let Some((start, before)) = self.prefix.take() {
            self.text.truncate(start);
            self.last = before;
            if let Some(frame) = self.frames.last_mut() {
                frame.item = frame.item.filter(|item| *item < start);
            }
        }
        if !self.begin(1, false) {
            return;
        }
        self.text.push('?');
        self.subject.see_value();
        self.context = Context::None;
        self.put(Last::Value);
    }

    fn sign(&mut self, sign: &str) {
        match sign {
            "(" | "[" => return self.open(sign),
            ")" | "]" => return self.close(sign),
            _ => {}
        }
        if sign == "," {
            self.leave_item();
        }
        let is_tight = matches!(sign, "," | "." | ";" | "::");
        let start = self.text.len();
        let before = self.last;
        if !self.begin(sign.len(), is_tight) {
            return;
        }
        self.text.push_str(sign);
        self.subject.see_sign(sign);
        let is_operand_before = matches!(before, Last::Name | Last::Value | Last::Close);
        match sign {
            "+" | "-" if !is_operand_before => {
                let first = self.prefix.filter(|_| before == Last::Prefix).unwrap_or((start, before));
                self.put(Last::Prefix);
                self.prefix = Some(first);
            }
            "," => {
                self.put(Last::Comma);
                if let Some(frame) = self.frames.last_mut() {
                    frame.item = None;
                }
            }
            // Nothing but a name or a type follows these.
            "." | "::" => self.put(Last::Dot),
            _ => self.put(Last::Sign),
        }
        if sign != "." || self.context != Context::BeforeColumns {
            self.context = Context::None;
        }
    }

    fn open(&mut self, sign: &str) {
        let holds = match (self.context, self.holds()) {
            (Context::BeforeItems, _) => Holds::Items { may_be_rows: true },
            (Context::BeforeColumns, _) if sign == "(" => Holds::Columns,
            (_, Holds::Rows) => Holds::Items { may_be_rows: false },
            (_, Holds::Items { may_be_rows: true }) if matches!(self.last, Last::Open | Last::Comma) => {
                Holds::Items { may_be_rows: false }
            }
            _ if self.last == Last::Name && sign == "(" => Holds::Arguments,
            _ => Holds::Anything,
        };
        let is_behind_operand = matches!(self.last, Last::Name | Last::Value | Last::Close);
        let is_tight = is_behind_operand && !(sign == "(" && holds == Holds::Columns);
        if !self.begin(1, is_tight) {
            return;
        }
        self.text.push_str(sign);
        self.subject.see_sign(sign);
        self.frames.push(Frame { holds, item: None, item_before: None });
        self.depth += 1;
        self.context = Context::None;
        self.put(Last::Open);
    }

    fn close(&mut self, sign: &str) {
        self.leave_item();
        self.frames.pop();
        self.depth = self.depth.saturating_sub(1);
        if self.set_depth.is_some_and(|depth| depth > self.frames.len()) {
            self.set_depth = None;
        }
        if !self.begin(1, true) {
            return;
        }
        self.text.push_str(sign);
        self.subject.see_sign(sign);
        self.context = Context::None;
        self.put(Last::Close);
    }

    /// Behind `values` come rows and commas; anything else ends the list.
    fn leave_rows(&mut self, token: Token<'_>) {
        if self.holds() != Holds::Rows || matches!(token, Token::Sign("(" | ",")) {
            return;
        }
        self.leave_item();
        self.frames.pop();
        if matches!(token, Token::Sign(")" | "]")) {
            self.leave_rows(token);
        }
    }

    /// The current item is whole: drops it, with the comma before it, if it says what the one before said.
    fn leave_item(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        let Some(start) = frame.item.take() else { return };
        if !matches!(frame.holds, Holds::Items { .. } | Holds::Rows) {
            return;
        }
        match frame.item_before {
            Some((from, to)) if self.text[from..to] == self.text[start..] => self.text.truncate(to),
            _ => frame.item_before = Some((start, self.text.len())),
        }
    }

    fn put(&mut self, last: Last) {
        self.last = last;
        self.prefix = None;
    }
}
