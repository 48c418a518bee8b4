//! Forms of `multipart/form-data`: any boundary, any body.

use handstamp::RequestHead;

/// The first line of `input` is the boundary, the rest the body. What is read of it stands in it;
/// written as browsers write it and read again, it is the same.
///
/// # Panics
/// If the property does not hold.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let (boundary, body) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    let Some(form) = Form::read(boundary, body) else {
        return false;
    };
    for file in &form.files {
        assert!(contains(body, &file.content), "a file that was not sent");
        let delimiter = [b"\r\n--", boundary].concat();
        assert!(
            boundary.contains(&b'"')
                || boundary.contains(&b';')
                || !contains(&file.content, &delimiter),
            "a file with a delimiter"
        );
    }

    let boundary = form.boundary();
    let again = Form::read(boundary.as_bytes(), &form.write(&boundary));
    assert_eq!(again.as_ref(), Some(&form), "written and read again");
    !(form.fields.is_empty() && form.files.is_empty())
}

#[derive(Debug, PartialEq)]
struct Form {
    fields: Vec<(String, String)>,
    files: Vec<File>,
}

#[derive(Debug, PartialEq)]
struct File {
    field: String,
    name: String,
    media_type: Option<String>,
    content: Vec<u8>,
}

impl Form {
    /// `None` if the library refuses it.
    fn read(boundary: &[u8], body: &[u8]) -> Option<Self> {
        let content_type = [b"multipart/form-data; boundary=", boundary].concat();
        let request = Post { content_type }.with_body(body);
        let fields = request.body().form().ok()?;
        let files = (request.body().files())
            .map(|file| File {
                field: file.field.to_owned(),
                name: file.name.to_owned(),
                media_type: file.media_type.map(str::to_owned),
                content: file.content.to_vec(),
            })
            .collect();
        Some(Self { fields, files })
    }

    /// As browsers write it: <https://html.spec.whatwg.org/#multipart-form-data>.
    fn write(&self, boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        let mut part = |name: &str, more: &str, content: &[u8]| {
            let name = escaped(name);
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        for (name, value) in &self.fields {
            part(name, "", value.as_bytes());
        }
        for file in &self.files {
            let mut more = format!("; filename=\"{}\"", escaped(&file.name));
            if let Some(media_type) = &file.media_type {
                more = format!("{more}\r\nContent-Type: {media_type}");
            }
            part(&file.field, &more, &file.content);
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        body
    }

    /// One that stands in no content.
    fn boundary(&self) -> String {
        let stands_in = |boundary: &str| {
            let fields = self.fields.iter().map(|(_, value)| value.as_bytes());
            let mut contents = fields.chain(self.files.iter().map(|file| &*file.content));
            contents.any(|content| contains(content, boundary.as_bytes()))
        };
        let mut number = 0;
        while stands_in(&format!("boundary{number}")) {
            number += 1;
        }
        format!("boundary{number}")
    }
}

struct Post {
    content_type: Vec<u8>,
}

impl RequestHead for Post {
    fn method(&self) -> &'static str {
        "POST"
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        (name.eq_ignore_ascii_case("content-type"))
            .then_some(&*self.content_type)
            .into_iter()
    }

    fn query(&self) -> Option<&str> {
        None
    }
}

fn escaped(name: &str) -> String {
    (name.replace('"', "%22"))
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}
