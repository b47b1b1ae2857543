//! Log severities: OpenTelemetry's numbers 1 to 24, or their short names.

use naru_http::FieldError;

/// The lowest severity number wanted; `None` = all. `warn` means WARN and everything above it.
pub(crate) fn severity_min(text: Option<&str>) -> Result<Option<u8>, FieldError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let number = match text.to_ascii_lowercase().as_str() {
        "trace" => 1,
        "debug" => 5,
        "info" => 9,
        "warn" | "warning" => 13,
        "error" => 17,
        "fatal" => 21,
        digits => digits.parse().ok().filter(|number| (1..=24).contains(number)).ok_or_else(|| {
            let message = "severity is trace, debug, info, warn, error, fatal, or a number from 1 to 24";
            FieldError::new("severity", "invalid", message)
        })?,
    };
    Ok(Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_is_a_name_or_a_number() {
        let table = [("info", Some(9)), ("WARNING", Some(13)), ("17", Some(17)), ("", None)];
        for (text, number) in table {
            assert_eq!(severity_min(Some(text)), Ok(number), "{text}");
        }
        for bad in ["0", "25", "loud", "-1"] {
            assert_eq!(severity_min(Some(bad)).unwrap_err().field, "severity", "{bad}");
        }
    }
}
