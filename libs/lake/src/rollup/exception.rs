//! Exceptions that are the same mistake: the name under which the errors page groups them.
//!
//! In: type, message and stack trace as an agent recorded them. Out: a 64-bit id and a title, from what stays when the
//! program runs elsewhere, later or with other data: no line numbers, addresses, counters, deploy folders or values. The
//! message counts only where there is no stack trace.
//!
//! Stack traces are read by the shapes of Python, Java, Node, Go, .NET, PHP and Ruby, line by line; lines of no known
//! shape are passed over. Time and memory are linear in the length of the texts, of which no more than
//! [`STACK_BYTES_MAX`] are read.

mod library;
mod message;
mod names;
mod shapes;
#[cfg(test)]
mod tests;
mod trace;

use xxhash_rust::xxh3::xxh3_64;

/// Of a longer stack trace the first and the last half of this are read.
pub const STACK_BYTES_MAX: usize = 256 * 1024;
/// Frames that count. With fewer, helpers used everywhere lump mistakes together; with more, every caller makes a group.
pub const FRAMES_MAX: usize = 8;
/// Longer titles are cut, at a character.
pub const TITLE_BYTES_MAX: usize = 160;

/// An exception as the event `exception` tells it. Empty where the agent said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exception<'a> {
    /// `exception.type`
    pub type_name: &'a str,
    /// `exception.message`
    pub message: &'a str,
    /// `exception.stacktrace`
    pub stacktrace: &'a str,
}

/// What exceptions of one mistake have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Changes when the rules of this module do: exceptions are then counted under a new name.
    pub id: u64,
    /// For people, the same for all with this id: `NullPointerException · OrderService.total`, or the type with the
    /// message without its values.
    pub title: String,
}

/// The fingerprint of an exception.
#[must_use]
pub fn fingerprint(exception: &Exception<'_>) -> Fingerprint {
    let type_name = names::function(exception.type_name.trim());
    let trace = trace::read(exception.stacktrace);
    let mut identity = format!("{type_name}\n");
    for cause in &trace.causes {
        identity.push_str(&names::function(cause));
        identity.push('\n');
    }
    let frames = trace.telling_frames();
    let what = match frames.first() {
        Some(first) => {
            frames.iter().for_each(|frame| identity.push_str(&format!("at {}\n", frame.text)));
            first.title.clone()
        }
        None => {
            let message = message::without_values(exception.message);
            identity.push_str(&message);
            message
        }
    };
    Fingerprint { id: xxh3_64(identity.as_bytes()), title: title(names::last_part(&type_name), &what) }
}

fn title(type_name: &str, what: &str) -> String {
    let mut title = match (type_name, what) {
        (only, "") | ("", only) => only.to_owned(),
        (type_name, what) => format!("{type_name} · {what}"),
    };
    if title.len() > TITLE_BYTES_MAX {
        let end = title.floor_char_boundary(TITLE_BYTES_MAX - '…'.len_utf8());
        title.truncate(end);
        title.push('…');
    }
    title
}
