/// Makes the adapter's `ClientInfo`, `LogOut`, `Session` and `SessionInfo`, which its handlers take
/// as arguments. The adapter depends on `serde`.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_sessions {
    (
        $(#[$client_info:meta])*
        pub struct ClientInfo;

        $(#[$log_out:meta])*
        pub struct LogOut;

        $(#[$session:meta])*
        pub struct Session;

        $(#[$session_info:meta])*
        pub struct SessionInfo;
    ) => {
        $(#[$client_info])*
        #[derive(Debug, Clone)]
        #[must_use = "give it to `log_in`"]
        pub struct ClientInfo(handstamp::session::ClientInfo);

        impl ClientInfo {
            /// Sets the address. Behind a trusted proxy, pass the address that the proxy reports.
            pub fn ip(self, ip: impl Into<std::net::IpAddr>) -> Self {
                Self(self.0.ip(ip))
            }

            /// Sets the name that the user gave the device.
            pub fn label(self, label: impl AsRef<str>) -> Self {
                Self(self.0.label(label))
            }

            /// Makes the session's cookies persistent ("remember me"): the browser keeps them for
            /// this long after each refresh, also when it is closed. At most 400 days.
            pub fn persistent(self, lifetime: std::time::Duration) -> Self {
                Self(self.0.persistent(lifetime))
            }

            /// Makes the session's cookies session cookies: the browser drops them when it is
            /// closed.
            pub fn session(self) -> Self {
                Self(self.0.session())
            }
        }

        $(#[$log_out])*
        #[derive(Debug)]
        #[must_use = "the user is logged out only by `log_out`"]
        pub struct LogOut(handstamp::session::LogOut);

        $(#[$session])*
        #[derive(Debug, Clone)]
        pub struct Session(handstamp::session::Session);

        $(#[$session_info])*
        #[derive(Debug, Clone)]
        pub struct SessionInfo(handstamp::session::SessionInfo);

        impl serde::Serialize for SessionInfo {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        handstamp::adapter::newtype!(ClientInfo, handstamp::session::ClientInfo);
        handstamp::adapter::newtype!(LogOut, handstamp::session::LogOut);
        handstamp::adapter::newtype!(Session, handstamp::session::Session);
        handstamp::adapter::newtype!(SessionInfo, handstamp::session::SessionInfo);
    };
}
