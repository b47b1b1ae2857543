//! Functions and files without what a compiler, a proxy or a deployment put into their names.

use super::library;

/// Nobody writes longer names; compilers of generics do.
const NAME_BYTES_MAX: usize = 512;
/// Words behind which compilers and runtimes count.
const COUNTED: [&str; 8] =
    ["func", "Accessor", "Proxy", "DisplayClass", "ambda", "closure", "anon", "Closure"];

/// `com.shop.Pay.charge` of `app//com.shop.Pay$$EnhancerBySpringCGLIB$$1f2e.charge`, `main.run.func` of `main.run.func1.2`,
/// `Shop.Pay.Charge` of `Shop.Pay.<>c__DisplayClass5_0.<Charge>b__0`. Of names longer than [`NAME_BYTES_MAX`] the beginning.
pub(super) fn function(name: &str) -> String {
    let name = &name[..name.floor_char_boundary(NAME_BYTES_MAX)];
    if let Some((class, method)) = written_in_csharp(name) {
        return format!("{class}.{method}");
    }
    let name = name.split("@anonymous").next().unwrap_or(name);
    let (head, tail) = match name.split_once("$$") {
        // Behind the generated part of a class comes the method.
        Some((class, rest)) => (class, rest.rfind('.').map_or("", |at| &rest[at..])),
        None => (name, ""),
    };
    let head = if head.starts_with('/') || head.contains("://") { head } else { without_module(head) };
    let mut plain = String::with_capacity(head.len() + tail.len());
    push_without_counters(&mut plain, head);
    push_without_counters(&mut plain, tail);
    plain
}

/// The method that a lambda, a local function or a state machine of C# was written in, with its class.
fn written_in_csharp(name: &str) -> Option<(&str, &str)> {
    let end = [">b__", ">d__", ">g__"].iter().filter_map(|mark| name.find(mark)).min()?;
    let (before, method) = name[..end].rsplit_once('<')?;
    let class = before.split(".<>c").next().unwrap_or(before);
    Some((class.trim_end_matches('.'), method))
}

/// Java names the module, or the class loader, before the class. Packages of Go have slashes, too, but lower-case domains.
fn without_module(name: &str) -> &str {
    match name.rsplit_once('/') {
        Some((module, rest))
            if module.ends_with('/') || module.starts_with("java.") || module.starts_with("jdk.") =>
        {
            rest
        }
        _ => name,
    }
}

fn push_without_counters(out: &mut String, name: &str) {
    let mut rest = name;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from_digit) = rest.split_at(at);
        out.push_str(before);
        let length = from_digit.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, behind) = from_digit.split_at(length);
        if !is_counted(out) {
            out.push_str(digits);
        }
        rest = behind;
    }
    out.push_str(rest);
    // handle.func1.2 leaves the dot of its last counter.
    while out.ends_with(['.', '$']) {
        out.pop();
    }
}

/// Whether digits behind this are a counter: `Pay$1`, `func1.2`, `<run>b__0_1`, `lambda$run$3`, `{closure:pay():12}`.
fn is_counted(before: &str) -> bool {
    before.ends_with(['$', '|', '>', ':', '.', '#'])
        || before.ends_with("__")
        || before.ends_with("|_")
        || COUNTED.iter().any(|word| before.ends_with(word))
}

/// `shop/views.py` of `/srv/releases/20260101/shop/views.py`, `django/core/handlers/base.py` of a library's file. Of paths
/// longer than [`NAME_BYTES_MAX`] the end.
pub(super) fn path(path: &str) -> String {
    let path = &path[path.ceil_char_boundary(path.len().saturating_sub(NAME_BYTES_MAX))..];
    let path = path.split(['?', '#']).next().unwrap_or(path).replace('\\', "/");
    let folder = library::FOLDERS.iter().filter_map(|folder| Some(path.rfind(folder)? + folder.len())).max();
    let parts: Vec<&str> = path[folder.unwrap_or(0)..].split('/').filter(|part| !part.is_empty()).collect();
    let first = if folder.is_some() { 0 } else { parts.len().saturating_sub(2) };
    let mut plain = String::new();
    for (at, part) in parts[first..].iter().enumerate() {
        let is_file = first + at + 1 == parts.len();
        let part = without_version(part);
        let is_release = !is_file
            && (is_hash(part) || part.bytes().all(|byte| byte.is_ascii_digit() || b".-_".contains(&byte)));
        if is_release || part.ends_with(':') {
            continue;
        }
        if !plain.is_empty() {
            plain.push('/');
        }
        push_without_hashes(&mut plain, part);
    }
    plain
}

/// `rack` of `rack-3.0.8`, `gin` of `gin@v1.9.1`.
fn without_version(part: &str) -> &str {
    let part = part.rsplit_once("@v").map_or(part, |(name, _)| name);
    match part.rsplit_once('-') {
        Some((name, version)) if is_version(version) => name,
        _ => part,
    }
}

fn is_version(text: &str) -> bool {
    text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `main.js` of `main.3f2a1b9c.js`: bundlers name files by what is in them.
fn push_without_hashes(out: &mut String, part: &str) {
    let mut is_first = true;
    let mut rest = part;
    loop {
        let end = rest.find(['.', '-']).unwrap_or(rest.len());
        let piece = &rest[..end];
        if is_first || !is_hash(piece.trim_start_matches(['.', '-'])) {
            out.push_str(piece);
        } else {
            out.truncate(out.trim_end_matches(['.', '-']).len());
        }
        is_first = false;
        let Some(separator) = rest.get(end..=end) else { return };
        out.push_str(separator);
        rest = &rest[end + 1..];
    }
}

/// Eight letters and digits or more that are no word: hexadecimal with a digit among them.
fn is_hash(text: &str) -> bool {
    text.len() >= 8
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// `OrderService.total` of `com.shop.OrderService.total`; `charge (shop/views.py)` where the file says more.
pub(super) fn title(function: &str, path: &str) -> String {
    match (function, path) {
        ("", path) => path.to_owned(),
        (function, "") => {
            let function = function.rsplit('/').next().unwrap_or(function);
            // Methods of Go, pay.(*Server).charge, are short already.
            let is_short = function.contains('(');
            let class = function.rmatch_indices('.').nth(1).filter(|_| !is_short);
            class.map_or(function, |(at, _)| &function[at + 1..]).to_owned()
        }
        (function, path) => format!("{function} ({path})"),
    }
}

/// `Broken` of `com.shop.Broken`, `Shop\Broken` and `Shop::Broken`.
pub(super) fn last_part(type_name: &str) -> &str {
    type_name.rsplit(['.', '\\', ':', '/']).next().unwrap_or(type_name)
}
