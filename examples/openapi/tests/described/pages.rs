//! The pages that show the description.

use handstamp_conformance::{Request, Server};

pub(crate) fn load_nothing_from_elsewhere(program: &str) {
    let server = super::start(program);
    for page in ["/docs", "/reference"] {
        let html = get(&server, page);
        assert!(!html.contains("//"), "{page} names another host");
        for script in html.split("<script").skip(1) {
            assert!(
                script.contains("></script>"),
                "{page} has a script of its own"
            );
        }
        let mut files = 0;
        for attribute in ["src=\"", "href=\""] {
            for file in html.split(attribute).skip(1) {
                get(&server, file.split('"').next().unwrap());
                files += 1;
            }
        }
        assert!(files >= 4, "{page} has {files} files");
    }
}

/// Each page and file has the policy, so that one that is opened by itself has it too.
fn get(server: &Server, path: &str) -> String {
    let reply = server.send(&Request::new("GET", path));
    assert_eq!(reply.status, 200, "{path}");
    // Scalar writes its style into its page.
    let style = match path {
        "/reference" => "'self' 'unsafe-inline'",
        _ => "'self'",
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src {style}; connect-src 'self'; \
         img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    );
    assert_eq!(
        reply.header("content-security-policy"),
        Some(&*policy),
        "{path}"
    );
    assert_eq!(
        reply.header("x-content-type-options"),
        Some("nosniff"),
        "{path}"
    );
    reply.body
}
