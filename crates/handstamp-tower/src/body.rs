use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a response from behind a layer: that of the inner service, or the text of a
    /// refusal.
    ///
    /// A layer can thus wrap any service, whatever its body. The body's chunks must only be
    /// constructible from [`Bytes`], as those of hyper, axum, tonic and tower-http are.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use handstamp_tower::ResponseBody;
    /// use http_body::Body as _;
    /// use http_body_util::Full;
    ///
    /// let body = ResponseBody::from(Full::new(Bytes::from("hello")));
    /// assert_eq!(body.size_hint().exact(), Some(5));
    /// ```
    #[derive(Debug, Clone)]
    pub struct ResponseBody<B> {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = Projected]
    #[derive(Debug, Clone)]
    enum Kind<B> {
        Inner {
            #[pin]
            body: B,
        },
        Refusal {
            // Taken when it is sent.
            text: Option<Bytes>,
        },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn refusal(text: String) -> Self {
        let text = Some(Bytes::from(text)).filter(|text| !text.is_empty());
        let kind = Kind::Refusal { text };
        Self { kind }
    }
}

/// The body of the inner service.
impl<B> From<B> for ResponseBody<B> {
    fn from(body: B) -> Self {
        let kind = Kind::Inner { body };
        Self { kind }
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body,
    B::Data: From<Bytes>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().kind.project() {
            Projected::Inner { body } => body.poll_frame(context),
            Projected::Refusal { text } => {
                Poll::Ready(text.take().map(|text| Ok(Frame::data(text.into()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Refusal { text } => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Refusal { text } => {
                let length = text.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
        }
    }
}
