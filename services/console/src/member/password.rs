//! Which passwords are accepted: long ones that are not on every attacker's first page.

pub const PASSWORD_LEN_MIN: usize = 10;
/// Argon2 reads any length; this only bounds what one request can make us hash.
pub const PASSWORD_LEN_MAX: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    Required,
    TooShort,
    TooLong,
    SameAsEmail,
    Common,
}

impl PasswordProblem {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::SameAsEmail => "same_as_email",
            Self::Common => "common",
        }
    }

    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Required => "choose a password",
            Self::TooShort => "use at least 10 characters",
            Self::TooLong => "use at most 256 characters",
            Self::SameAsEmail => "do not use your mail address as password",
            Self::Common => "this password is among the first that attackers try; add a few unrelated words",
        }
    }
}

/// Words that stay weak whatever digits and signs are put around them.
const COMMON_WORDS: [&str; 60] = [
    "password",
    "passwort",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "pa$$word",
    "passphrase",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "qwertyui",
    "azerty",
    "azertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "qazwsx",
    "qazwsxedc",
    "iloveyou",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "root",
    "login",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "trustno",
    "starwars",
    "whatever",
    "changeme",
    "default",
    "secret",
    "computer",
    "internet",
    "samsung",
    "google",
    "facebook",
    "michael",
    "jennifer",
    "jordan",
    "hunter",
    "shadow",
    "ashley",
    "charlie",
    "freedom",
    "test",
    "testtest",
    "temp",
    "guest",
    "naru",
    "dkssudgktpdy",
];

/// Keyboard rows and counts; a password that is only a run of one of them is common.
const RUNS: [&str; 6] = [
    "01234567890123456789012345678901234567890",
    "09876543210987654321098765432109876543210",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// The decision is a pure function, so its test is a table.
pub fn check(password: &str, email: &str) -> Result<(), PasswordProblem> {
    let length = password.chars().count();
    if length == 0 {
        return Err(PasswordProblem::Required);
    }
    if length < PASSWORD_LEN_MIN {
        return Err(PasswordProblem::TooShort);
    }
    if password.len() > PASSWORD_LEN_MAX {
        return Err(PasswordProblem::TooLong);
    }
    let folded = password.to_lowercase();
    let email = email.trim().to_lowercase();
    let local = email.split('@').next().unwrap_or("");
    if folded == email || folded == local {
        return Err(PasswordProblem::SameAsEmail);
    }
    if is_common(&folded) {
        return Err(PasswordProblem::Common);
    }
    Ok(())
}

fn is_common(folded: &str) -> bool {
    let first = folded.chars().next();
    let one_letter = folded.chars().all(|letter| Some(letter) == first);
    let half = folded.len() / 2;
    let twice = folded.is_char_boundary(half) && folded[..half] == folded[half..];
    let unit = if twice { &folded[..half] } else { folded };
    one_letter
        || RUNS.iter().any(|run| run.contains(unit))
        || COMMON_WORDS.contains(&unit)
        || COMMON_WORDS.contains(&bare(unit))
}

/// Without the digits and signs that people put around a word: `!!password2024` → `password`.
fn bare(text: &str) -> &str {
    text.trim_matches(|letter: char| !letter.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_for_their_own_reason() {
        let long = "x".repeat(257);
        let table = [
            ("", Err(PasswordProblem::Required)),
            ("short", Err(PasswordProblem::TooShort)),
            ("ninechars", Err(PasswordProblem::TooShort)),
            (long.as_str(), Err(PasswordProblem::TooLong)),
            ("Kim.Naru@example.com", Err(PasswordProblem::SameAsEmail)),
            ("long.kim.naru", Ok(())),
            ("password123!", Err(PasswordProblem::Common)),
            ("P@ssw0rd2024", Err(PasswordProblem::Common)),
            ("1234567890", Err(PasswordProblem::Common)),
            ("qwertyuiop", Err(PasswordProblem::Common)),
            ("aaaaaaaaaaaa", Err(PasswordProblem::Common)),
            ("abcdefghij", Err(PasswordProblem::Common)),
            ("passwordpassword", Err(PasswordProblem::Common)),
            ("1q2w3e4r5t", Err(PasswordProblem::Common)),
            ("correct horse battery", Ok(())),
            ("한글비밀번호도열글자넘게", Ok(())),
            ("n0t-on-a-list", Ok(())),
        ];
        for (password, expected) in table {
            assert_eq!(check(password, "kim.naru@example.com"), expected, "{password}");
        }
    }
}
