//! The table of all settings, and how one row of it is format_duration.

use super::{
    ConfigBuilder, cookies, csrf, danger, errors, implicit_refresh, keys, locations, origins,
    sessions, tokens,
};
use crate::secret::Secret;

/// One setting, as the environment knows it.
pub(crate) struct Setting {
    /// `JWT_…` as in the original, `HANDSTAMP_…` where the original has nothing like it.
    pub(crate) name: &'static str,
    pub(super) apply: Apply,
}

/// How text becomes the setting's value. What is wrong with the text ends up in the builder's report.
#[derive(Clone, Copy)]
pub(super) enum Apply {
    Text(fn(&mut ConfigBuilder, &str)),
    /// Never shown, and also taken from the file that `<NAME>_FILE` names.
    Secret(fn(&mut ConfigBuilder, Secret)),
}

impl Setting {
    pub(super) fn is_secret(&self) -> bool {
        matches!(self.apply, Apply::Secret(_))
    }
}

/// Every setting there is. The environment knows no others.
pub(crate) fn every_setting() -> impl Iterator<Item = &'static Setting> {
    [
        keys::SETTINGS,
        tokens::SETTINGS,
        errors::SETTINGS,
        locations::SETTINGS,
        cookies::SETTINGS,
        csrf::SETTINGS,
        sessions::SETTINGS,
        implicit_refresh::SETTINGS,
        origins::SETTINGS,
        danger::SETTINGS,
    ]
    .into_iter()
    .flatten()
}

/// Declares the settings of one subject. Of each row
///
/// ```text
/// /// Documentation of the builder's method.
/// "JWT_NAME" name(form Argument): Type = default;
/// ```
///
/// it makes a field `name` of the subject's struct, the method [`ConfigBuilder`]`::name` and a row of the subject's `SETTINGS`. The
/// forms are those of `setter!`; each of them takes what the method takes, and, from the environment, its text.
macro_rules! settings {
    (
        $(#[$about:meta])*
        $Subject:ident in $subject:ident {
            $(
                $(#[$doc:meta])*
                $key:literal $name:ident($form:ident $Argument:ty): $Type:ty = $default:expr;
            )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug)]
        #[allow(clippy::struct_field_names, clippy::struct_excessive_bools, reason = "fields are named after keys")]
        pub(super) struct $Subject {
            $(pub(super) $name: $Type,)*
        }

        impl Default for $Subject {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl ConfigBuilder {
            $($crate::config::setting::setter! { $form $subject $key $name $Argument; $(#[$doc])* })*
        }

        pub(super) const SETTINGS: &[Setting] = &[
            $(Setting {
                name: $key,
                apply: $crate::config::setting::apply!($form $subject $key $name $Argument),
            },)*
        ];
    };
}

/// The builder's method: for a typed value, a text that is read into one, or several of either.
macro_rules! setter {
    (value $subject:ident $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, value: $Argument) -> Self {
            self.report.begin($key);
            self.$subject.$name = value.into();
            self
        }
    };
    (text $subject:ident $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, value: impl AsRef<str>) -> Self {
            if let Some(value) = self.report.read::<$Argument>($key, value.as_ref()) {
                self.$subject.$name = value.into();
            }
            self
        }
    };
    (values $subject:ident $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, values: impl IntoIterator<Item = $Argument>) -> Self {
            self.report.begin($key);
            self.$subject.$name = values.into_iter().collect();
            self
        }
    };
    (texts $subject:ident $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, values: impl IntoIterator<Item: AsRef<str>>) -> Self {
            if let Some(values) = self.report.read_each::<$Argument>($key, values) {
                self.$subject.$name = values.into_iter().map(Into::into).collect();
            }
            self
        }
    };
    (secret $subject:ident $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`, or the content of the file that `", $key, "_FILE` names")]
        pub fn $name(mut self, secret: impl Into<$Argument>) -> Self {
            self.report.begin($key);
            self.$subject.$name = Some(secret.into());
            self
        }
    };
}

/// The same from text.
macro_rules! apply {
    (secret $subject:ident $key:literal $name:ident $Argument:ty) => {
        Apply::Secret(|builder, secret| {
            builder.report.begin($key);
            builder.$subject.$name = Some(secret);
        })
    };
    (value $($row:tt)*) => { $crate::config::setting::apply!(text $($row)*) };
    (text $subject:ident $key:literal $name:ident $Argument:ty) => {
        Apply::Text(|builder, text| {
            if let Some(value) = builder.report.read::<$Argument>($key, text) {
                builder.$subject.$name = value.into();
            }
        })
    };
    (values $($row:tt)*) => { $crate::config::setting::apply!(texts $($row)*) };
    (texts $subject:ident $key:literal $name:ident $Argument:ty) => {
        Apply::Text(|builder, text| {
            if let Some(values) = builder.report.read::<Vec<$Argument>>($key, text) {
                builder.$subject.$name = values.into_iter().map(Into::into).collect();
            }
        })
    };
}

pub(super) use {apply, setter, settings};
