//! A name as the eye reads it in a small address bar: names with the same skeleton are mistaken for each other.

/// Letters and digits that look alike, each mapped to one of them. Applied before the pairs.
const SINGLES: [(char, char); 7] =
    [('0', 'o'), ('1', 'l'), ('i', 'l'), ('5', 's'), ('2', 'z'), ('8', 'b'), ('q', 'g')];

/// Pairs that run together into one letter.
const PAIRS: [(&str, &str); 3] = [("rn", "m"), ("vv", "w"), ("cl", "d")];

/// The skeleton of a slug. Pure, and stable: it is stored, so a change here needs a migration.
#[must_use]
pub fn of(slug: &str) -> String {
    let singles: String = slug
        .chars()
        .map(|letter| SINGLES.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, to)| *to))
        .collect();
    PAIRS.iter().fold(singles, |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_share_a_skeleton_and_others_do_not() {
        let alike = [
            ("paypal", "paypa1"),
            ("paypal", "paypai"),
            ("google", "g00g1e"),
            ("acme5", "acmes"),
            ("modern", "modem"),
            ("vvidget", "widget"),
            ("click", "dick"),
            ("bob", "8o8"),
            ("zoo", "200"),
        ];
        for (one, other) in alike {
            assert_eq!(of(one), of(other), "{one} and {other}");
        }
        for (one, other) in [("acme", "acne"), ("team-1", "team-2"), ("team1", "team-1"), ("shop3", "shope")]
        {
            assert_ne!(of(one), of(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_skeleton_is_its_own_skeleton() {
        for name in ["modern", "c1oud", "rnrn", "vvvv", "acme-10258iq"] {
            assert_eq!(of(&of(name)), of(name), "{name}");
        }
    }
}
