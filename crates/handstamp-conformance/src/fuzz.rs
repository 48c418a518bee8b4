//! Valid requests with a few bytes changed, the same ones in every run.

use crate::hostile::Visitor;
use crate::http::Request;
use crate::server::Server;
use serde_json::json;

/// Sends 2,000 mutated requests. None may get a 5xx or end the process.
pub fn endures_mutated_requests(server: &mut Server, secret: &str) {
    let visitor = Visitor::log_in(server, secret);
    let seeds: Vec<Vec<u8>> = [
        visitor.protected(),
        Request::new("GET", &format!("/protected?token={}", visitor.access)),
        Request::new("GET", "/protected")
            .header("authorization", format!("Bearer {}", visitor.access)),
        Request::new("POST", "/posts")
            .header("cookie", visitor.cookie())
            .header("x-csrf-token", &visitor.csrf)
            .json(&json!({"title": "t"})),
        Request::new("POST", "/login").json(&json!({"username": "user1", "password": "password1"})),
        Request::new("POST", "/refresh")
            .header("cookie", format!("refresh_token_cookie={}", visitor.access)),
        Request::new("POST", "/logout").header("cookie", visitor.cookie()),
    ]
    .into_iter()
    .map(Vec::from)
    .collect();

    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut answered = 0;
    for number in 0..COUNT {
        let mut request = random.pick(&seeds).clone();
        for _change in 0..=random.below(4) {
            random.change(&mut request);
        }
        // The end of the request is the end of the stream: a changed length does not make the
        // server wait.
        if let Ok(reply) = server.send_all(&request) {
            answered += 1;
            let text = String::from_utf8_lossy(&request);
            assert!(reply.status < 500, "mutation {number}: {reply:?}\n{text}");
        }
        assert!(
            server.is_alive(),
            "mutation {number}: the process ended\n{}",
            String::from_utf8_lossy(&request)
        );
    }
    assert!(
        answered * 3 > COUNT,
        "only {answered} of {COUNT} mutations were answered"
    );
    assert_eq!(
        server.send(&visitor.protected()).status,
        200,
        "after all mutations"
    );
}

/// xorshift64*, which needs no crate and yields the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from((self.next() >> 11) % end).unwrap_or_default()
    }

    fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        let chosen = self.below(items.len());
        items.get(chosen).expect("below the length")
    }

    fn byte(&mut self) -> u8 {
        let interesting = [
            b'\0', b'\r', b'\n', b' ', b'.', b'=', b';', b'"', b'%', b'{', b'[', 0x7f, 0x80, 0xff,
        ];
        match self.below(3) {
            0 => *self.pick(&interesting),
            _ => self.next().to_be_bytes()[0],
        }
    }

    /// Changes, removes, inserts, doubles or moves bytes.
    fn change(&mut self, request: &mut Vec<u8>) {
        if request.is_empty() {
            return;
        }
        let at = self.below(request.len());
        match self.below(6) {
            0 | 1 => {
                let byte = self.byte();
                request.splice(at..=at, [byte]);
            }
            2 => {
                let byte = self.byte();
                let times = 1 + self.below(3) * self.below(200);
                request.splice(at..at, std::iter::repeat_n(byte, times));
            }
            3 => {
                let end = (at + 1 + self.below(20)).min(request.len());
                request.drain(at..end);
            }
            4 => {
                let end = (at + 1 + self.below(100)).min(request.len());
                let piece: Vec<u8> = request.drain(at..end).collect();
                let to = self.below(request.len() + 1);
                request.splice(to..to, piece.iter().copied().chain(piece.iter().copied()));
            }
            _ => request.truncate(at + 1),
        }
    }
}

const COUNT: usize = 2_000;
