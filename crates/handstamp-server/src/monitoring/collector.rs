//! The address of an OpenTelemetry collector.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;

/// Where a collector takes metrics by HTTP: `/v1/metrics`, unless the URL has a path.
#[derive(Debug, Clone)]
pub(crate) struct Collector(String);

impl FromStr for Collector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "give a URL such as http://127.0.0.1:4318";
        let url: Uri = text
            .parse()
            .map_err(|error| format!("{error}; {example}"))?;
        let (Some("http" | "https"), Some(authority)) = (url.scheme_str(), url.authority()) else {
            return Err(format!(
                "it does not begin with http:// or https://; {example}"
            ));
        };
        // The log names the address.
        if authority.as_str().contains('@') || url.query().is_some() {
            let place = "give credentials in OTEL_EXPORTER_OTLP_HEADERS";
            return Err(format!(
                "it has a user name, a password or a query; {place}"
            ));
        }
        let path = if url.path() == "/" { "v1/metrics" } else { "" };
        Ok(Self(format!("{url}{path}")))
    }
}

impl fmt::Display for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Collector;

    #[test]
    fn a_collector_is_named_by_a_url() {
        let rows = [
            (
                "a host and port",
                "http://127.0.0.1:4318",
                Ok("http://127.0.0.1:4318/v1/metrics"),
            ),
            (
                "with a slash",
                "http://127.0.0.1:4318/",
                Ok("http://127.0.0.1:4318/v1/metrics"),
            ),
            (
                "a path of its own",
                "https://otlp.example.com/in",
                Ok("https://otlp.example.com/in"),
            ),
            (
                "no scheme",
                "127.0.0.1:4318",
                Err("does not begin with http:// or https://"),
            ),
            (
                "another scheme",
                "grpc://127.0.0.1:4317",
                Err("does not begin with http:// or https://"),
            ),
            (
                "a password",
                "http://a:b@127.0.0.1:4318",
                Err("OTEL_EXPORTER_OTLP_HEADERS"),
            ),
            (
                "a key in the query",
                "https://otlp.example.com/in?api-key=hush",
                Err("OTEL_EXPORTER_OTLP_HEADERS"),
            ),
            ("no host", "http://", Err("give a URL such as")),
            ("nothing", "", Err("give a URL such as")),
        ];
        for (sentence, text, expected) in rows {
            let collector = text.parse::<Collector>();
            match (collector, expected) {
                (Ok(collector), Ok(expected)) => {
                    assert_eq!(collector.to_string(), expected, "{sentence}");
                }
                (Err(problem), Err(expected)) => {
                    assert!(problem.contains(expected), "{sentence}: {problem}");
                }
                (other, _) => panic!("{sentence}: {other:?}"),
            }
        }
    }
}
