//! A message without the values in it: for exceptions that come without a stack trace.

/// Of a longer message the beginning counts.
const MESSAGE_BYTES_MAX: usize = 1024;

/// `no order <n> for <text>` of `no order 17 for "ann"`. Runs of white space are one space.
pub(super) fn without_values(message: &str) -> String {
    let message = &message[..message.floor_char_boundary(MESSAGE_BYTES_MAX)];
    let mut plain = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let is_in_word = plain.ends_with(|before: char| before.is_alphanumeric());
        let (length, text) = if first.is_whitespace() || first.is_control() {
            (first.len_utf8(), if plain.is_empty() || plain.ends_with(' ') { "" } else { " " })
        } else if let Some(length) = quoted_len(rest).filter(|_| !is_in_word) {
            (length, "<text>")
        } else if is_separator(first) {
            (first.len_utf8(), &rest[..first.len_utf8()])
        } else {
            // What ends a sentence is no part of its last word.
            let word = rest[..word_len(rest)].trim_end_matches(['.', ':', ',', '?', '!']);
            let word = if word.is_empty() { &rest[..first.len_utf8()] } else { word };
            push_word(&mut plain, word);
            (word.len(), "")
        };
        plain.push_str(text);
        rest = &rest[length..];
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn is_separator(letter: char) -> bool {
    "()[]{}<>=,;|\"'`“”‘’«»".contains(letter)
}

/// Up to the next separator or white space; addresses of pages have separators inside.
fn word_len(text: &str) -> usize {
    let is_blank = |letter: char| letter.is_whitespace() || letter.is_control();
    let len_until = |is_end: &dyn Fn(char) -> bool| text.find(is_end).unwrap_or(text.len());
    let word = len_until(&|letter| is_blank(letter) || is_separator(letter));
    if text[..word].contains("://") {
        len_until(&|letter| is_blank(letter) || "()<>\"'`".contains(letter))
    } else {
        word
    }
}

/// How long a quoted text is that begins here, with its quotes. An apostrophe inside of a word neither opens nor closes.
fn quoted_len(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '\'' => open,
        '`' => '`',
        '“' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    };
    let inner = &text[open.len_utf8()..];
    let is_end =
        |at: &usize| !inner[at + close.len_utf8()..].starts_with(|next: char| next.is_alphanumeric());
    // Old compilers write `this'.
    let found = inner.match_indices(close).map(|(at, _)| at).find(is_end);
    let found = found.or_else(|| inner.find('\'').filter(|_| open == '`'));
    found.map(|at| open.len_utf8() + at + close.len_utf8())
}

fn push_word(plain: &mut String, word: &str) {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let kind = if word.contains("://") {
        "<url>"
    } else if is_path(word) {
        "<path>"
    } else if word.contains('@') && word.contains('.') && !word.starts_with('@') {
        "<address>"
    } else if !has_digit {
        word
    } else if is_uuid(word) {
        "<uuid>"
    } else if is_hex(word) {
        "<hex>"
    } else if is_number(word) {
        "<n>"
    } else if is_opaque(word) {
        "<id>"
    } else {
        return push_without_digits(plain, word);
    };
    plain.push_str(kind);
}

fn is_path(word: &str) -> bool {
    let is_drive = word.as_bytes().get(1..3).is_some_and(|drive| drive == b":\\" || drive == b":/");
    let is_rooted = word.starts_with(['/', '~', '.']) && word.contains('/') && word.len() > 1;
    is_drive || is_rooted || word.starts_with("\\\\") || word.matches(['/', '\\']).count() >= 2
}

/// 8-4-4-4-12.
fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_hex(word: &str) -> bool {
    let (digits, at_least) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 1),
        None => (word, 8),
    };
    let is_all_hex = digits.len() >= at_least && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_all_hex && (at_least == 1 || digits.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

/// Numbers, times, dates, versions and addresses: `-1.5e3`, `12:30:00Z`, `10.0.0.1:80`, `3ms`, `50%`.
fn is_number(word: &str) -> bool {
    let unsigned = word.trim_start_matches(['-', '+', '#', '$', '€', '₩']);
    let letters = unsigned.bytes().filter(|byte| byte.is_ascii_alphabetic()).count();
    unsigned.starts_with(|first: char| first.is_ascii_digit())
        && letters <= 3
        && unsigned.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:_-+%/".contains(&byte))
}

/// Keys and tokens: long, with letters and digits mixed.
fn is_opaque(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.len() >= 20 && digits >= 4
}

/// `user<n>` of `user17`, `Pay@<hex>` of `Pay@1f2e3d`.
fn push_without_digits(plain: &mut String, word: &str) {
    if let Some((name, hash)) = word.split_once('@')
        && hash.len() >= 4
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        plain.push_str(name);
        plain.push_str("@<hex>");
        return;
    }
    let mut was_digit = false;
    for letter in word.chars() {
        let is_digit = letter.is_ascii_digit();
        match (is_digit, was_digit) {
            (true, false) => plain.push_str("<n>"),
            (true, true) => {}
            (false, _) => plain.push(letter),
        }
        was_digit = is_digit;
    }
}
