//! From a stack trace to the frames that tell one mistake from another.

use super::{
    FRAMES_MAX, STACK_BYTES_MAX, names,
    shapes::{self, Line, Shape},
};

/// A stack trace: blocks of frames, one per exception of the chain.
#[derive(Debug, Default)]
pub(super) struct Trace<'a> {
    /// Where it was thrown first. The first block belongs to the exception that began it all.
    blocks: Vec<Vec<shapes::Frame<'a>>>,
    /// Types of the exceptions that caused this one, as far as the trace names them.
    pub(super) causes: Vec<&'a str>,
}

/// A frame without what changes from run to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TellingFrame {
    pub(super) text: String,
    pub(super) title: String,
}

pub(super) fn read(stacktrace: &str) -> Trace<'_> {
    let mut trace = Trace { blocks: vec![Vec::new()], causes: Vec::new() };
    let mut causes_come_later = false;
    let mut is_suppressed = false;
    let mut line_before = "";
    for line in lines(stacktrace) {
        match shapes::read(line, line_before) {
            Line::Frame(frame) if !is_suppressed => {
                if let Some(block) = trace.blocks.last_mut() {
                    block.push(frame);
                }
            }
            Line::Cause(type_name) => {
                is_suppressed = false;
                causes_come_later = true;
                trace.causes.extend(type_name);
                trace.blocks.push(Vec::new());
            }
            Line::InnerCause(type_name) => trace.causes.push(type_name),
            Line::NextBlock => trace.blocks.push(Vec::new()),
            Line::Suppressed => is_suppressed = true,
            Line::End => break,
            Line::Frame(_) | Line::Other => {}
        }
        line_before = line;
    }
    if causes_come_later {
        trace.blocks.reverse();
    }
    for block in &mut trace.blocks {
        // Python tells the outermost call first.
        if block.first().is_some_and(|frame| frame.shape == Shape::Python) {
            block.reverse();
        }
    }
    trace
}

/// The lines of the first and the last half of what may be read.
fn lines(stacktrace: &str) -> impl Iterator<Item = &str> {
    let (head, tail) = if stacktrace.len() <= STACK_BYTES_MAX {
        (stacktrace, "")
    } else {
        let head_end = stacktrace.floor_char_boundary(STACK_BYTES_MAX / 2);
        let tail_start = stacktrace.ceil_char_boundary(stacktrace.len() - STACK_BYTES_MAX / 2);
        (&stacktrace[..head_end], &stacktrace[tail_start..])
    };
    head.lines().chain(tail.lines())
}

impl Trace<'_> {
    /// Frames of own code, innermost first and the first cause before the others; if there are none, all frames.
    /// Repetitions in a row, as of a recursion, are one.
    pub(super) fn telling_frames(&self) -> Vec<TellingFrame> {
        let own = self.first_frames(|frame| !frame.is_library());
        if own.is_empty() { self.first_frames(|_| true) } else { own }
    }

    fn first_frames(&self, is_wanted: impl Fn(&shapes::Frame<'_>) -> bool) -> Vec<TellingFrame> {
        let mut telling: Vec<TellingFrame> = Vec::new();
        for frame in self.blocks.iter().flatten().filter(|frame| is_wanted(frame)) {
            let function = names::function(frame.function);
            let path = names::path(frame.path);
            let text = format!("{path} {function}");
            if telling.last().is_some_and(|last| last.text == text) {
                continue;
            }
            if telling.len() == FRAMES_MAX {
                break;
            }
            telling.push(TellingFrame { title: names::title(&function, &path), text });
        }
        telling
    }
}
