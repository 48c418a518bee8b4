//! Draws lines into an SVG that can be read on a light and on a dark page.

use std::fmt::Write as _;
use std::fs;

pub struct Line {
    pub name: &'static str,
    /// From the lowest number to the highest.
    pub points: Vec<(f64, f64)>,
}

/// Writes the plot of nanoseconds against numbers.
///
/// # Panics
/// Panics if the file cannot be written.
pub fn write(lines: &[Line]) {
    let most = |of: fn(&(f64, f64)) -> f64| {
        let all = lines.iter().flat_map(|line| line.points.iter().map(of));
        all.fold(0.0, f64::max)
    };
    let (most_x, most_y) = (most(|point| point.0), most(|point| point.1));
    let step = if most_y > 4000.0 { 1000.0 } else { 500.0 };
    let top = (most_y / step).ceil() * step;
    let place = |(x, y): (f64, f64)| (LEFT + x / most_x * WIDTH, BOTTOM - y / top * HEIGHT);

    let mut svg = HEAD.to_owned();
    let mut level = 0.0;
    while level <= top {
        let (_, y) = place((0.0, level));
        let right = LEFT + WIDTH;
        let class = if level > 0.0 { "grid" } else { "axis" };
        add(
            &mut svg,
            format_args!(r#"  <path d="M{LEFT} {y:.0}H{right}" class="{class}"/>"#),
        );
        let (x, y) = (LEFT - 6.0, y + 4.0);
        add(
            &mut svg,
            format_args!(r#"  <text x="{x}" y="{y:.0}" text-anchor="end">{level:.0}</text>"#),
        );
        level += step;
    }
    let mut number = 0.0;
    while number <= most_x {
        let (x, _) = place((number, 0.0));
        let y = BOTTOM + 18.0;
        add(
            &mut svg,
            format_args!(r#"  <text x="{x:.0}" y="{y}" text-anchor="middle">{number}</text>"#),
        );
        number += 16.0;
    }
    for (line, class) in lines.iter().zip(["first", "second", "third"]) {
        let mut places = line.points.iter().map(|point| place(*point));
        let corners: Vec<String> = places
            .clone()
            .map(|(x, y)| format!("{x:.0} {y:.1}"))
            .collect();
        add(
            &mut svg,
            format_args!(r#"  <path d="M{}" class="{class}"/>"#, corners.join("L")),
        );
        let (x, y) = places.next_back().unwrap_or_default();
        let (x, y) = (x + 6.0, y + 4.0);
        let name = line.name;
        add(
            &mut svg,
            format_args!(r#"  <text x="{x:.0}" y="{y:.0}" class="{class}">{name}</text>"#),
        );
    }
    svg += "</svg>\n";
    fs::write(PATH, svg).expect("the folder is part of the repository");
    println!("\nwritten: {PATH}");
}

fn add(svg: &mut String, line: std::fmt::Arguments) {
    writeln!(svg, "{line}").expect("a text takes every line");
}

const LEFT: f64 = 56.0;
const WIDTH: f64 = 320.0;
const BOTTOM: f64 = 252.0;
const HEIGHT: f64 = 200.0;
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/contents.svg");
const HEAD: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 290" role="img" aria-labelledby="contents-title contents-text">
  <title id="contents-title">What a request costs against what it contains</title>
  <desc id="contents-text">Nanoseconds to authenticate a request, against the number of its other cookies, and of the scopes and custom claims of its token. The table is in bench/README.md.</desc>
  <style>
    svg { --back: #ffffff; --text: #1f1b16; --line: #b9afa3; --grid: #e6e0d9; --first: #b23c0a; --second: #12693a; --third: #2a5db0; }
    @media (prefers-color-scheme: dark) {
      svg { --back: #211e1b; --text: #f1ece6; --line: #6b6259; --grid: #3a352f; --first: #ffa36b; --second: #6fdb9c; --third: #8fb8ff; }
    }
    text { font: 12px system-ui, sans-serif; fill: var(--text); }
    path { fill: none; stroke: var(--line); stroke-width: 1; }
    path.grid { stroke: var(--grid); }
    path.first, path.second, path.third { stroke-width: 2; }
    path.first { stroke: var(--first); }
    path.second { stroke: var(--second); }
    path.third { stroke: var(--third); }
    text.first { fill: var(--first); }
    text.second { fill: var(--second); }
    text.third { fill: var(--third); }
    rect { fill: var(--back); }
  </style>
  <rect width="480" height="290" rx="10"/>
  <text x="16" y="28">ns for each request</text>
  <text x="216" y="284" text-anchor="middle">how many it has</text>
"#;
