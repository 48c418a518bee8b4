use serde_json::json;

use super::{NewToken, depth};

#[test]
fn depth_is_that_of_the_deepest() {
    let rows = [
        (json!(1), 0),
        (json!("[[["), 0),
        (json!([]), 1),
        (json!({}), 1),
        (json!([1, [2], {"a": [3]}]), 3),
        (json!({"a": {"b": {}}, "c": []}), 3),
    ];
    for (value, expected) in rows {
        assert_eq!(depth(&value), expected, "{value}");
    }
}

#[test]
fn the_last_claim_of_a_name_counts() {
    let token = NewToken::from("user1").claim("a", 1).claim("a", 2);
    assert_eq!(token.custom.get("a"), Some(&json!(2)));
    assert!(token.unserializable.is_none());
}
