//! Domains below which the public registers names: the common ones of the [public suffix
//! list](https://publicsuffix.org/list/).
//!
//! A short rule instead of the list: it is for a warning at start-up, and the list has ten thousand
//! entries, changes each week, and would be a dependency of every application.

/// Returns whether a domain of at least two labels, in lower case, is probably a public suffix.
///
/// Lenient: what it does not know is none. Risk: the operator gets no warning. Covered: browsers
/// ignore the cookie, so the first log-in shows it, and no site gets the tokens of another.
pub(crate) fn is_probable(domain: &str) -> bool {
    let of_country = domain
        .split_once('.')
        .is_some_and(|(kind, country)| country.len() == 2 && SECOND_LEVEL.contains(&kind));
    of_country || REGISTRIES_AND_HOSTS.contains(&domain)
}

/// What stands in front of a country, as in `co.uk`: each is a public suffix under at least 40 of
/// 240 countries.
const SECOND_LEVEL: [&str; 8] = ["ac", "co", "com", "edu", "gov", "mil", "net", "org"];

/// Private registries of names, platforms that serve the pages of their customers, tunnels and
/// dynamic DNS. All are in the list.
const REGISTRIES_AND_HOSTS: &[&str] = &[
    "a.run.app",
    "amplifyapp.com",
    "appspot.com",
    "azurestaticapps.net",
    "azurewebsites.net",
    "bitbucket.io",
    "blogspot.com",
    "br.com",
    "cloudapp.net",
    "cloudfront.net",
    "co.com",
    "ddns.net",
    "de.com",
    "deno.dev",
    "deno.net",
    "duckdns.org",
    "dyndns.org",
    "elasticbeanstalk.com",
    "eu.com",
    "eu.org",
    "firebaseapp.com",
    "fly.dev",
    "gb.net",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "hf.space",
    "js.org",
    "myshopify.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.app",
    "ngrok.dev",
    "ngrok.io",
    "no-ip.org",
    "now.sh",
    "ondigitalocean.app",
    "onrender.com",
    "pages.dev",
    "pythonanywhere.com",
    "readthedocs.io",
    "replit.app",
    "s3.amazonaws.com",
    "streamlit.app",
    "supabase.co",
    "surge.sh",
    "trycloudflare.com",
    "ts.net",
    "uk.com",
    "uk.net",
    "up.railway.app",
    "us.com",
    "vercel.app",
    "web.app",
    "workers.dev",
];
