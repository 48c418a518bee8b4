//! reqwest with its cookie store.

use std::error::Error;
use std::io::read_to_string;
use std::sync::Arc;

use reqwest::blocking::Client;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::{Method, Url};

fn main() -> Result<(), Box<dyn Error>> {
    let base: Url = std::env::args().nth(1).ok_or("no address")?.parse()?;
    let jar = Arc::new(Jar::default());
    let client = Client::builder().cookie_provider(jar.clone()).build()?;
    for step in read_to_string(std::io::stdin())?.lines() {
        let mut words = step.splitn(4, ' ');
        let mut word = || words.next().ok_or("a step lacks a word");
        let (method, path, csrf_cookie) = (word()?, word()?, word()?);
        let mut request = client.request(Method::from_bytes(method.as_bytes())?, base.join(path)?);
        if let Some(csrf) = value(&jar, &base, csrf_cookie) {
            request = request.header("X-CSRF-TOKEN", csrf);
        }
        if let Some(body) = words.next() {
            request = request
                .header("Content-Type", "application/json")
                .body(body.to_owned());
        }
        request.send()?.bytes()?;
    }
    Ok(())
}

fn value(jar: &Jar, base: &Url, name: &str) -> Option<String> {
    let header = jar.cookies(base)?;
    let mut pairs = header
        .to_str()
        .ok()?
        .split("; ")
        .filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}
