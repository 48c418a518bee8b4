//! What the description says of the service, and the pages that show it: Swagger UI and Scalar. No
//! framework is named here: the example `actix-openapi` has this file too.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use utoipa::openapi::info::LicenseBuilder;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Server};

/// A page, or a file of one.
pub(crate) struct Page {
    pub(crate) media_type: &'static str,
    /// For `Content-Security-Policy`.
    pub(crate) policy: &'static str,
    pub(crate) content: Cow<'static, [u8]>,
}

/// Returns the page or file at this path.
pub(crate) fn at(path: &str) -> Option<Page> {
    let file = path.strip_prefix("/pages/").unwrap_or(path);
    let (media_type, content) = match file {
        "/docs" => (HTML, include_str!("../pages/docs.html")),
        "/reference" => (HTML, include_str!("../pages/reference.html")),
        "docs.js" => (SCRIPT, include_str!("../pages/docs.js")),
        "reference.js" => (SCRIPT, include_str!("../pages/reference.js")),
        "before_scalar.js" => (SCRIPT, include_str!("../pages/before_scalar.js")),
        "csrf.js" => (SCRIPT, include_str!("../pages/csrf.js")),
        "page.css" => (STYLE, include_str!("../pages/page.css")),
        _ => return vendored(file),
    };
    let content = Cow::Borrowed(content.as_bytes());
    let policy = if path == "/reference" {
        SCALAR
    } else {
        SWAGGER
    };
    Some(Page {
        media_type,
        policy,
        content,
    })
}

/// Returns the description without operations.
pub(crate) fn about() -> OpenApi {
    let license = LicenseBuilder::new()
        .name("MIT OR Apache-2.0")
        .identifier(Some("MIT OR Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Posts")
        .version("1.0.0")
        .description(Some(
            "Short texts, and who may write, change and delete them.",
        ))
        .license(Some(license))
        .build();
    let tag = |name, about| {
        TagBuilder::new()
            .name(name)
            .description(Some(about))
            .build()
    };
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some([
            tag("posts", "Short texts."),
            tag("log-in", "Who you are."),
            tag("session", "The ready routes of handstamp."),
        ]))
        .build()
}

/// The files of Swagger UI and Scalar, which two crates bring along.
fn vendored(file: &str) -> Option<Page> {
    let (media_type, content) = match file {
        "swagger-ui-bundle.js" => (SCRIPT, swagger_ui(file)?),
        "swagger-ui.css" => (STYLE, swagger_ui(file)?),
        "favicon-32x32.png" => ("image/png", swagger_ui(file)?),
        "scalar.js" => (SCRIPT, Cow::Borrowed(SCALAR_SCRIPT.as_deref()?)),
        _ => return None,
    };
    Some(Page {
        media_type,
        policy: SWAGGER,
        content,
    })
}

/// Some megabytes, which are not copied for each request.
static SCALAR_SCRIPT: LazyLock<Option<Vec<u8>>> =
    LazyLock::new(|| scalar_api_reference::get_asset("scalar.js"));

fn swagger_ui(file: &str) -> Option<Cow<'static, [u8]>> {
    let config = Arc::new(utoipa_swagger_ui::Config::from("/openapi.json"));
    let file = utoipa_swagger_ui::serve(file, config).ok()??;
    Some(file.bytes)
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Allows the files of this service, and requests to it. Script that finds its way into the page,
/// by a post perhaps, does not run: it would act as the user, for whom the cookies speak. Swagger
/// UI has its arrows as pictures in its style, which are `data:`.
const SWAGGER: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                       connect-src 'self'; img-src 'self' data:; \
                       form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Scalar writes its style into the page by script, in elements and in attributes, so it needs
/// `'unsafe-inline'` for style, which Swagger UI does not. Script is as strict.
const SCALAR: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      connect-src 'self'; img-src 'self' data:; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
