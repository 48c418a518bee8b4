//! A body of JSON without a token, for log-ins. What is wrong with it is refused as everything else
//! is, by a problem document; actix-web's own `Json` answers 400 with plain text.

use actix_web::error::JsonPayloadError;
use actix_web::{HttpRequest, web};
use handstamp_actix::handstamp::error::BodyError;
use handstamp_actix::handstamp::openapi::Demand;
use handstamp_actix::{Auth, Demands, Error};

/// For the description of what takes a `web::Json`:
/// `log_in.taking::<JsonBody>(&auth)`.
pub(crate) struct JsonBody;

impl Demands for JsonBody {
    fn demands() -> Demand {
        Demand::body()
    }
}

/// For `App::app_data`: how a `web::Json` refuses.
pub(crate) fn config(auth: &Auth) -> web::JsonConfig {
    let auth = auth.clone();
    web::JsonConfig::default().error_handler(move |error, _: &HttpRequest| {
        let refused: Error = auth.refuse_body(problem(&error));
        refused.into()
    })
}

fn problem(error: &JsonPayloadError) -> BodyError {
    let text = error.to_string();
    match error {
        JsonPayloadError::ContentType => BodyError::MediaType {
            expected: &["application/json"],
        },
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            BodyError::TooLarge
        }
        JsonPayloadError::Deserialize(error) if error.is_data() => BodyError::Shape(text),
        _ => BodyError::Malformed(text),
    }
}
