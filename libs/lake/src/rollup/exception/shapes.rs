//! How languages write a line of a stack trace.

use super::library;

/// Which language's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Python,
    Java,
    Node,
    Go,
    DotNet,
    Php,
    Ruby,
}

/// A call, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) shape: Shape,
    /// With its class and package where the language says them; may be empty.
    pub(super) function: &'a str,
    /// Empty where the function says enough.
    pub(super) path: &'a str,
    /// Go tells the file on a line of its own, and only the file tells whose code it is.
    pub(super) source: &'a str,
}

impl Frame<'_> {
    pub(super) fn is_library(&self) -> bool {
        library::is_path(self.source)
            || match self.shape {
                Shape::Java => library::is_java(self.function),
                Shape::DotNet => library::is_dotnet(self.function),
                Shape::Go => library::is_go(self.function),
                Shape::Node => library::is_node(self.source),
                Shape::Python => self.source.starts_with('<'),
                Shape::Php => self.source.is_empty(),
                Shape::Ruby => self.source.starts_with("<internal:"),
            }
    }
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Frame(Frame<'a>),
    /// The frames of the cause follow; its type where told.
    Cause(Option<&'a str>),
    /// A cause is named here; its frames come before those of what it caused.
    InnerCause(&'a str),
    /// The frames of what was thrown next follow.
    NextBlock,
    /// What follows was thrown beside, while cleaning up.
    Suppressed,
    /// Other threads follow.
    End,
    Other,
}

/// Reads a line. Of Go, the line before names the function.
pub(super) fn read<'a>(line: &'a str, line_before: &'a str) -> Line<'a> {
    // Exception groups of Python draw a margin.
    let text = line.trim_start_matches([' ', '\t', '|', '+']).trim_end();
    if let Some(cause) = text.strip_prefix("Caused by:").or_else(|| text.strip_prefix("[cause]:")) {
        return Line::Cause(type_of(cause));
    }
    if let Some(cause) = text.strip_prefix("---> ") {
        return type_of(cause).map_or(Line::Other, Line::InnerCause);
    }
    if text.starts_with("Suppressed:") {
        return Line::Suppressed;
    }
    if text.starts_with("--- End of inner exception")
        || text.starts_with("During handling of the above exception")
        || text.starts_with("The above exception was the direct cause")
        || line.starts_with("Next ")
    {
        return Line::NextBlock;
    }
    if line.starts_with("goroutine ")
        && !line_before.is_empty()
        && !line_before.starts_with("panic")
        && !line_before.starts_with('[')
    {
        return Line::End;
    }
    python(text)
        .or_else(|| text.strip_prefix("at ").and_then(behind_at))
        .or_else(|| go(line, line_before))
        .or_else(|| php(text))
        .or_else(|| ruby(text))
        .or_else(|| browser(text))
        .map_or(Line::Other, Line::Frame)
}

/// `com.shop.Broken` of ` com.shop.Broken: it broke`.
fn type_of(text: &str) -> Option<&str> {
    let name = text.trim_start().split([':', ' ']).next().unwrap_or("");
    let is_name = !name.is_empty()
        && name.chars().all(|letter| letter.is_alphanumeric() || "._$\\/<>`".contains(letter));
    is_name.then_some(name)
}

/// `File "/app/shop/views.py", line 12, in charge`
fn python(text: &str) -> Option<Frame<'_>> {
    let (path, rest) = text.strip_prefix("File \"")?.split_once("\", line ")?;
    let function = rest.split_once(", in ").map_or("", |(_, function)| function);
    Some(Frame { shape: Shape::Python, function, path, source: path })
}

/// What Java, .NET and V8 write behind `at `.
fn behind_at(text: &str) -> Option<Frame<'_>> {
    if let Some((function, rest)) = text.split_once('(') {
        if let Some(function) = function.strip_suffix(' ') {
            // charge (/app/src/pay.js:12:5), Object.run [as pay] (file:///app/x.js:1:2)
            let function = function.split(" [as ").next().unwrap_or(function);
            return Some(node(function, without_position(rest.trim_end_matches(')'))));
        }
        let (inside, behind) = rest.split_once(')').unwrap_or((rest, ""));
        if is_java_source(inside) {
            return Some(Frame { shape: Shape::Java, function, path: "", source: "" });
        }
        // Pay.Service.Charge(String card) in /src/Pay/Service.cs:line 12
        let source = behind.trim_start().strip_prefix("in ").unwrap_or("");
        return Some(Frame { shape: Shape::DotNet, function, path: "", source });
    }
    let path = without_position(text);
    (path.len() < text.len()).then(|| node("", path.trim_start_matches("async ")))
}

fn node<'a>(function: &'a str, path: &'a str) -> Frame<'a> {
    let function = function.trim_start_matches("async ").trim_start_matches("new ");
    Frame { shape: Shape::Node, function, path, source: path }
}

/// `Pay.java:12`, `Pay.kt`, `Native Method`, `Unknown Source`, `<generated>`.
fn is_java_source(inside: &str) -> bool {
    let file = without_position(inside);
    let is_file = !file.contains([' ', ',', '/', '\\']);
    matches!(inside, "Native Method" | "Unknown Source" | "<generated>")
        || (is_file
            && (file.len() < inside.len()
                || [".java", ".kt", ".scala", ".groovy", ".clj"].iter().any(|end| file.ends_with(end))))
}

/// `main.(*Server).pay(0xc0001, 0x1)`, and on the next line `\t/app/pay.go:12 +0x1d`.
fn go<'a>(line: &'a str, line_before: &'a str) -> Option<Frame<'a>> {
    let source = line.strip_prefix('\t').filter(|source| source.contains(".go:"))?;
    if line_before.starts_with("created by ") {
        return None;
    }
    let function = line_before.trim_end();
    let function =
        function.rfind('(').filter(|_| function.ends_with(')')).map_or(function, |at| &function[..at]);
    let source = source.split(".go:").next().unwrap_or(source);
    Some(Frame { shape: Shape::Go, function, path: "", source })
}

/// `#0 /app/src/Pay.php(12): Shop\Pay->charge('4111', Array)`, `#1 [internal function]: run()`
fn php(text: &str) -> Option<Frame<'_>> {
    let rest =
        text.strip_prefix('#')?.trim_start_matches(|digit: char| digit.is_ascii_digit()).strip_prefix(' ')?;
    let (place, call) = rest.split_once(": ")?;
    let function = call.split('(').next().unwrap_or(call);
    let path = if place.starts_with('[') { "" } else { place.split('(').next().unwrap_or(place) };
    Some(Frame { shape: Shape::Php, function, path, source: path })
}

/// ``from /app/models/pay.rb:12:in `block in charge'``, `/app/models/pay.rb:12:in 'Pay#charge': it broke (Broken)`
fn ruby(text: &str) -> Option<Frame<'_>> {
    let text = text.strip_prefix("from ").unwrap_or(text);
    let (place, rest) = text.split_once(":in ")?;
    let path = without_position(place);
    if path.len() == place.len() {
        return None;
    }
    let function = rest.trim_start_matches(['`', '\'']).split('\'').next().unwrap_or(rest);
    let function = function.rsplit(" in ").next().unwrap_or(function);
    Some(Frame { shape: Shape::Ruby, function, path, source: path })
}

/// `charge@https://shop.example/static/pay.js:12:5` of Firefox and Safari.
fn browser(text: &str) -> Option<Frame<'_>> {
    let (function, place) = text.split_once('@')?;
    let path = without_position(place);
    (path.len() < place.len() && path.contains('/') && !function.contains(' ')).then(|| node(function, path))
}

/// `pay.js` of `pay.js:12:5`.
fn without_position(text: &str) -> &str {
    let mut rest = text;
    while let Some((before, digits)) = rest.rsplit_once(':') {
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            break;
        }
        rest = before;
    }
    rest
}
