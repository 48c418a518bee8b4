//! Finds the known name that a misspelled one probably means.

/// Returns the candidate with the fewest edits to `text`, without regard to case, and their number.
pub(in crate::config) fn nearest<'a>(
    text: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<(&'a str, usize)> {
    candidates
        .map(|candidate| (candidate, edits(text, candidate)))
        .min_by_key(|(_, edits)| *edits)
}

/// Returns the Levenshtein distance. `text` is cut to a length at which it is far from any
/// candidate.
fn edits(text: &str, candidate: &str) -> usize {
    let text: Vec<char> = text
        .chars()
        .take(LONGEST)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    // `row[i]`: edits between the first `i` characters of `text` and the part of the candidate seen
    // so far.
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (seen, wanted) in candidate
        .chars()
        .map(|c| c.to_ascii_uppercase())
        .enumerate()
    {
        let mut next = vec![seen + 1];
        for (i, (&c, pair)) in text.iter().zip(row.windows(2)).enumerate() {
            let &[diagonal, above] = pair else { continue };
            let left = next.get(i).copied().unwrap_or(above);
            let replaced = diagonal + usize::from(c != wanted);
            next.push(replaced.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

const LONGEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn distances() {
        let rows = [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "ABC", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "axc", 1),
            ("abc", "abcd", 1),
            ("abcd", "abd", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ];
        for (a, b, expected) in rows {
            assert_eq!(edits(a, b), expected, "{a} {b}");
            assert_eq!(edits(b, a), expected, "{b} {a}");
        }
    }
}
