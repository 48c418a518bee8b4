//! Parses lists: `a, b`, or JSON `["a", "b"]` as in AuthX.

use super::{FromText, Invalid, read};

impl<T: FromText> FromText for Vec<T> {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        let items = items(text)?;
        if items.iter().any(String::is_empty) {
            return Err(Invalid::new("an item is empty", "Remove the item"));
        }
        items.iter().map(|item| read(item)).collect()
    }
}

/// Splits a list into its items. A single word is a list of one, in JSON quotes or not.
fn items(text: &str) -> Result<Vec<String>, Invalid> {
    let not_json = |_| Invalid::new("not a JSON list of texts", r#"Use a, b or ["a", "b"]"#);
    match text.trim_start().chars().next() {
        Some('[') => serde_json::from_str(text).map_err(not_json),
        Some('"') => serde_json::from_str(text)
            .map(|item| vec![item])
            .map_err(not_json),
        _ => Ok(text.split(',').map(|item| item.trim().to_owned()).collect()),
    }
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
