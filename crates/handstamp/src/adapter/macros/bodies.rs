/// Makes the adapter's extractors that read the body: `AccessJson`, `AccessForm`, `RefreshJson` and
/// `LogOutBody`. The first three are read from a body once their token is authenticated. The
/// adapter names the type of its files, `UploadedFile`, has `Bytes` in scope, and depends on
/// `serde`.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_bodies {
    (
        $(#[$access_json:meta])*
        pub struct AccessJson<T>;

        $(#[$access_form:meta])*
        pub struct AccessForm<T>;

        $(#[$refresh_json:meta])*
        pub struct RefreshJson<T>;

        $(#[$log_out_body:meta])*
        pub struct LogOutBody;
    ) => {
        $(#[$access_json])*
        #[derive(Debug, Clone)]
        #[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
        pub struct AccessJson<T> {
            /// The token: verified, its CSRF value too where it needs one.
            pub token: Access,
            /// The body.
            pub json: T,
        }

        impl<T: serde::de::DeserializeOwned> AccessJson<T> {
            fn read(
                token: std::sync::Arc<handstamp::Authenticated<handstamp::purpose::Access>>,
                body: &handstamp::body::RequestBody<'_>,
                _: &Bytes,
            ) -> Result<Self, handstamp::error::BodyError> {
                let (token, json) = (token.into(), body.json()?);
                Ok(Self { token, json })
            }
        }

        $(#[$access_form])*
        #[derive(Debug, Clone)]
        #[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
        pub struct AccessForm<T> {
            /// The token: verified, its CSRF value too where it needs one.
            pub token: Access,
            /// The fields that are no files, the one with the CSRF value among them.
            pub form: T,
            /// The files, in order. A field for which the user chose none is one without a name.
            pub files: Vec<UploadedFile>,
        }

        impl<T: serde::de::DeserializeOwned> AccessForm<T> {
            fn read(
                token: std::sync::Arc<handstamp::Authenticated<handstamp::purpose::Access>>,
                body: &handstamp::body::RequestBody<'_>,
                bytes: &Bytes,
            ) -> Result<Self, handstamp::error::BodyError> {
                let (token, form) = (token.into(), body.form()?);
                let own = |content: &[u8]| bytes.slice_ref(content);
                let files = body.files().map(|file| file.into_owned(own)).collect();
                Ok(Self { token, form, files })
            }
        }

        $(#[$refresh_json])*
        #[derive(Debug, Clone)]
        #[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
        pub struct RefreshJson<T = serde::de::IgnoredAny> {
            /// The token: verified, its CSRF value too if it came from a cookie.
            pub token: Refresh,
            /// The body.
            pub json: T,
        }

        impl<T: serde::de::DeserializeOwned> RefreshJson<T> {
            fn read(
                token: std::sync::Arc<handstamp::Authenticated<handstamp::purpose::Refresh>>,
                body: &handstamp::body::RequestBody<'_>,
                _: &Bytes,
            ) -> Result<Self, handstamp::error::BodyError> {
                let (token, json) = (token.into(), body.json()?);
                Ok(Self { token, json })
            }
        }

        $(#[$log_out_body])*
        #[derive(Debug)]
        #[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
        pub struct LogOutBody(pub LogOut);
    };
}
