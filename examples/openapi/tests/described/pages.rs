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
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; "),
        "{path}: {policy}"
    );
    reply.body
}
