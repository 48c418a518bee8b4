//! handstamp for tower and hyper: a layer that lets requests through only with the token a route demands.
//!
//! ```
//! use handstamp::purpose::Access;
//! use handstamp::{Auth, Config, Require};
//! use handstamp_tower::{RequireLayer, verified};
//! use http::{Request, Response};
//! use tower::{ServiceBuilder, ServiceExt as _};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let auth = Auth::new(Config::builder().secret_key("a secret of at least thirty-two bytes").build()?);
//! let token = auth.create_access_token("user1")?;
//!
//! let service = ServiceBuilder::new()
//!     .layer(RequireLayer::new(auth.clone(), Require::access()))
//!     .service_fn(move |request: Request<()>| {
//!         let token = verified::<Access>(&auth, request.extensions()).expect("the layer is there");
//!         let greeting = format!("hello {}", token.subject());
//!         async move { Ok::<_, std::convert::Infallible>(Response::new(greeting)) }
//!     });
//!
//! let response = service.clone().oneshot(Request::new(())).await?;
//! assert_eq!(response.status(), 401);
//!
//! let cookie = format!("access_token_cookie={}", token.as_str());
//! let request = Request::builder().header("cookie", cookie).body(())?;
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.body(), "hello user1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bodies
//! A layer does not read bodies. A handler that has collected one finds a token in JSON, or the CSRF value of a form, by handing
//! it in with the head:
//!
//! ```
//! use handstamp::{Auth, Config, RequestHead as _, Require};
//! use handstamp_tower::{Head, refuse};
//! use http::{Request, Response};
//!
//! #[derive(serde::Deserialize)]
//! struct NewPost { title: String }
//!
//! async fn create(auth: &Auth, request: Request<Vec<u8>>) -> Response<String> {
//!     let whole = Head::from(&request).with_body(request.body());
//!     let token = match auth.authenticate(&whole, &Require::access()).await {
//!         Ok(token) => token,
//!         Err(rejection) => return refuse(rejection),
//!     };
//!     match whole.body().form::<NewPost>() { // with the feature `form`
//!         Ok(post) => Response::new(format!("{} by {}", post.title, token.subject())),
//!         Err(error) => {
//!             let mut response = Response::new(error.to_string());
//!             *response.status_mut() = error.status().try_into().expect("it is 400, 415 or 422");
//!             response
//!         }
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let config = Config::builder().csrf_check_form(true);
//! # let auth = Auth::new(config.secret_key([7; 32].as_slice()).build()?);
//! let token = auth.create_access_token("user1")?;
//! let request = Request::post("/posts")
//!     .header("cookie", format!("access_token_cookie={}", token.as_str()))
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(format!("title=Hello&csrf_token={}", token.csrf().unwrap_or_default()).into_bytes())?;
//! assert_eq!(create(&auth, request).await.body(), "Hello by user1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod head;
mod layer;
mod response;
mod verified;

/// The core, so that both have one version of it.
pub use handstamp;
pub use head::Head;
pub use layer::{RequireLayer, RequireService};
pub use response::{append_cookies, refuse};
pub use verified::verified;
