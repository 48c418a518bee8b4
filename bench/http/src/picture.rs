//! The picture for the README: a bar for each contender, in an SVG with light and dark colours.

use std::fmt::Write as _;

use crate::contenders::{CONTENDERS, Contender};
use crate::measure::{Measured, Spread};
use crate::running::Route;

/// Returns the picture, whose bars are the processor time of a protected GET.
pub fn picture(measured: &Measured) -> String {
    let bars: Vec<Bar> = CONTENDERS
        .iter()
        .filter_map(|contender| Bar::of(contender, measured))
        .collect();
    // What is written in other languages goes beyond the edge.
    let longest = bars.iter().filter(|bar| bar.is_rust).map(|bar| bar.micros);
    let scale = LENGTH / longest.fold(1.0, f64::max);
    let height = TOP + ROW * f64::from(u32::try_from(bars.len()).unwrap_or(0)) + 16.0;
    let mut svg = HEAD.replace("HEIGHT", &format!("{height:.0}"));
    let mut y = TOP;
    for bar in &bars {
        bar.draw(&mut svg, y, scale);
        y += ROW;
    }
    svg + "</svg>\n"
}

struct Bar {
    title: &'static str,
    /// Of it, the framework's, and the login's as a share of that.
    base: Option<(f64, f64)>,
    micros: f64,
    is_ours: bool,
    is_rust: bool,
}

impl Bar {
    fn of(contender: &Contender, measured: &Measured) -> Option<Self> {
        let median = |name| Spread::of(measured.cpu(name, Route::Get)).map(|cpu| cpu.median);
        let base = contender.base.and_then(|base| {
            let above = measured.above(contender.name, base, Route::Get)?;
            Some((median(base)?, above.median))
        });
        Some(Self {
            title: contender.title,
            base,
            micros: median(contender.name)?,
            is_ours: contender.name.starts_with("handstamp"),
            is_rust: contender.must_start() || base.is_some(),
        })
    }

    fn draw(&self, svg: &mut String, y: f64, scale: f64) {
        let is_cut = self.micros * scale > LENGTH + 1.0;
        let length = (self.micros * scale).min(LENGTH);
        let text = if self.is_ours { " class=\"ours\"" } else { "" };
        let middle = y + ROW / 2.0 + 1.0;
        // Writing to a text cannot fail.
        let _ = writeln!(
            svg,
            "  <text x=\"{:.0}\" y=\"{middle:.0}\" text-anchor=\"end\"{text}>{}</text>",
            LEFT - 10.0,
            self.title
        );
        let login = if self.is_ours { "ours" } else { "other" };
        let framework = match self.base {
            Some((base, _)) => (base * scale).min(length),
            None if self.is_rust => length,
            None => 0.0,
        };
        for (class, from, to) in [("framework", 0.0, framework), (login, framework, length)] {
            if to > from {
                let _ = writeln!(
                    svg,
                    "  <rect class=\"{class}\" x=\"{:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"16\"/>",
                    LEFT + from,
                    y + 3.0,
                    to - from
                );
            }
        }
        let figure = match self.base {
            Some((_, above)) => format!("{:.1} µs, {:+.0} %", self.micros, above * 100.0),
            None if is_cut => format!("→ {:.0} µs", self.micros),
            None => format!("{:.1} µs", self.micros),
        };
        let _ = writeln!(
            svg,
            "  <text x=\"{:.1}\" y=\"{middle:.0}\"{text}>{figure}</text>",
            LEFT + length + 8.0
        );
    }
}

/// The length of the longest bar of a server in Rust, in the units of the picture.
const LENGTH: f64 = 300.0;
/// Where the bars begin.
const LEFT: f64 = 340.0;
const TOP: f64 = 66.0;
const ROW: f64 = 24.0;

const HEAD: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 HEIGHT" role="img" aria-labelledby="speed-title speed-text">
  <title id="speed-title">Processor time of a server for one protected GET request</title>
  <desc id="speed-text">A bar for each server, handstamp and others. The first part of a bar is the framework without a login, the second is the login.</desc>
  <style>
    svg { --back: #ffffff; --text: #1f1b16; --quiet: #5c544b; --framework: #c9c1b8; --ours: #b23c0a; --other: #7d7368; }
    @media (prefers-color-scheme: dark) {
      svg { --back: #211e1b; --text: #f1ece6; --quiet: #b5aba0; --framework: #575049; --ours: #ffa36b; --other: #948a7e; }
    }
    text { font: 12px system-ui, sans-serif; fill: var(--text); }
    .head, text.ours { font-weight: 600; }
    .quiet { fill: var(--quiet); }
    .back { fill: var(--back); }
    .framework { fill: var(--framework); }
    rect.ours { fill: var(--ours); }
    .other { fill: var(--other); }
  </style>
  <rect width="800" height="HEIGHT" rx="10" class="back"/>
  <text x="20" y="28" class="head">Processor time of the server for one protected GET</text>
  <rect class="framework" x="20" y="40" width="12" height="12"/>
  <text x="38" y="50" class="quiet">the framework alone</text>
  <rect class="ours" x="190" y="40" width="12" height="12"/>
  <text x="208" y="50" class="quiet">login by handstamp</text>
  <rect class="other" x="360" y="40" width="12" height="12"/>
  <text x="378" y="50" class="quiet">login by others; of other languages, all of it</text>
"#;
