//! Writes the values of settings as the texts that set them.

use std::time::Duration;

use super::{ToText, duration::format_duration};
use crate::{
    cookie::{CookieDomain, CookieName, CookiePath, SameSite},
    jws::{Algorithm, KeyId},
    location::Location,
    origin::Origin,
};

impl<T: ToText> ToText for Option<T> {
    fn to_text(&self) -> Option<String> {
        self.as_ref().and_then(T::to_text)
    }
}

/// In JSON if an item could be taken for several ones, or for JSON. No list that is set is empty.
impl<T: ToText> ToText for Vec<T> {
    fn to_text(&self) -> Option<String> {
        let items: Vec<String> = self.iter().filter_map(T::to_text).collect();
        if items.is_empty() {
            return None;
        }
        if items
            .iter()
            .any(|item| item.contains([',', '"', '\'', '[']))
        {
            return serde_json::to_string(&items).ok();
        }
        Some(items.join(","))
    }
}

impl ToText for Duration {
    fn to_text(&self) -> Option<String> {
        Some(format_duration(*self))
    }
}

/// Makes the text of a type from one of its methods.
macro_rules! texts {
    ($($Type:ty: $text:ident;)*) => {
        $(impl ToText for $Type {
            fn to_text(&self) -> Option<String> {
                Some(self.$text().to_string())
            }
        })*
    };
}

texts! {
    bool: to_string;
    usize: to_string;
    String: as_str;
    Algorithm: name;
    CookieDomain: as_str;
    CookieName: as_str;
    CookiePath: as_str;
    KeyId: as_str;
    Location: name;
    Origin: as_str;
    SameSite: name;
}
