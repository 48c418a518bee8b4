//! Parses lists: `a, b`, or JSON `["a", "b"]` as in AuthX.

use super::{FromText, Invalid, is_quoted, read};

impl<T: FromText> FromText for Vec<T> {
    const IS_LIST: bool = true;

    fn from_text(text: &str) -> Result<Self, Invalid> {
        let items = items(text)?;
        if items.iter().any(String::is_empty) {
            return Err(Invalid::new("an item is empty", "Remove the item"));
        }
        items.iter().map(|item| read(item)).collect()
    }
}

/// Splits a list into its items. Quotes around all of it are none of it: they are those of JSON
/// around a single word, or those that a file of variables has and `docker --env-file` keeps.
fn items(text: &str) -> Result<Vec<String>, Invalid> {
    let not_json = || Invalid::new("not a JSON list of texts", r#"Use a, b or ["a", "b"]"#);
    let text = text.trim();
    let inner = text.get(1..text.len().saturating_sub(1));
    let (text, quote) = match (inner, text.chars().next()) {
        (Some(inner), Some(quote)) if is_quoted(text.as_bytes()) => (inner.trim(), Some(quote)),
        _ => (text, None),
    };
    if text.starts_with('[') {
        return serde_json::from_str(text).map_err(|_| not_json());
    }
    if quote.is_some_and(|quote| text.contains(quote)) {
        return Err(not_json());
    }
    Ok(text.split(',').map(|item| item.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn forms() {
        let rows: &[(&str, Option<&[&str]>)] = &[
            ("a", Some(&["a"])),
            ("a,b", Some(&["a", "b"])),
            (" a , b ", Some(&["a", "b"])),
            ("a,,b", Some(&["a", "", "b"])),
            (r#"["a", "b"]"#, Some(&["a", "b"])),
            (r#" ["a,b"] "#, Some(&["a,b"])),
            (r#""a""#, Some(&["a"])),
            (r#""a, b""#, Some(&["a", "b"])),
            ("'a, b'", Some(&["a", "b"])),
            (r#""["a", "b"]""#, Some(&["a", "b"])),
            (r#"'["a", "b"]'"#, Some(&["a", "b"])),
            ("'a', 'b'", None),
            ("\"", Some(&["\""])),
            ("[]", Some(&[])),
            ("[a]", None),
            ("[1]", None),
            (r#"["a""#, None),
            (r#""a", "b""#, None),
        ];
        for (text, expected) in rows {
            let expected = expected.map(|items| items.iter().map(ToString::to_string).collect());
            assert_eq!(items(text).ok(), expected, "{text:?}");
        }
    }
}
