//! Numbers.

use super::{FromText, Invalid};

impl FromText for usize {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if is_plain => Ok(number),
            _ => Err(Invalid::new("not a whole number", "Use one like 100")),
        }
    }
}
