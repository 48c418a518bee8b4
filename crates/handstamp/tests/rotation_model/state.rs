//! What the model's world looks like at one moment.

/// A refresh token: its number, and which of several of that number, for rules that make more than
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token {
    pub(crate) generation: u8,
    pub(crate) sibling: u8,
}

impl Token {
    /// The only one of its number.
    pub(crate) const fn of(generation: u8) -> Self {
        Self {
            generation,
            sibling: 0,
        }
    }
}

/// The session as the store has it. Ages are in ticks, and end at an age that is old for every
/// rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) current: Token,
    pub(crate) acknowledged: bool,
    /// Ticks since the current token was made, or since it is acknowledged, as the rule has it.
    pub(crate) age: u8,
    /// The generations that went on only by a late answer.
    pub(crate) late: InARow,
    pub(crate) ended: Option<End>,
    /// The current token of a second line, which only one rule has.
    pub(crate) second: Option<Token>,
}

/// Generations in a row of which the same is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InARow {
    /// How many before the current one.
    pub(crate) before: u8,
    /// Whether it is true of the current one.
    pub(crate) current: bool,
}

impl InARow {
    /// How many there are if it is true of the current one.
    pub(crate) const fn with_current(self) -> u8 {
        self.before + 1
    }

    pub(crate) const fn count(self) -> Self {
        Self {
            current: true,
            ..self
        }
    }

    /// The same at the next generation. More than count are alike.
    pub(crate) fn next(self) -> Self {
        let before = if self.current {
            self.with_current().min(MANY)
        } else {
            0
        };
        Self {
            before,
            current: false,
        }
    }
}

/// More generations in a row than any rule lets pass.
const MANY: u8 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    LoggedOut,
    Reused,
}

/// A refresh under way. The browser's tabs share one jar and are all alike, so a tab is what it has
/// under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exchange {
    None,
    /// On its way to the server. Its answer arrives in at most so many ticks.
    Asked {
        with: Token,
        left: u8,
    },
    /// On its way back: an access token of this generation, and a refresh token if the answer sets
    /// one.
    Answered {
        refresh: Option<Token>,
        access: u8,
        left: u8,
    },
}

/// The cookies that all tabs of the browser share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Jar {
    pub(crate) refresh: Token,
    /// The generation of the access token.
    pub(crate) access: u8,
}

/// A thief needs two tokens at most: with the one he presented last he stays behind, with what he
/// got for it he goes ahead. He has the access tokens that came with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loot {
    pub(crate) presented: Token,
    pub(crate) latest: Token,
}

/// What really happened, whatever the store remembers: the measure of the properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Truth {
    /// The highest generation that the store saw in use and has not forgotten: an access token of
    /// it was let in while it was the store's, or a refresh token of it was exchanged, acknowledged
    /// or recovered.
    pub(crate) used: u8,
    /// Ticks since it was first used.
    pub(crate) since: u8,
    /// What was exchanged for what, the last time.
    pub(crate) exchanged: Option<(Token, Token)>,
    /// The generations that went on only by a late answer.
    pub(crate) late: InARow,
    /// The generations of which an answer was lost before the browser had it, where the scenario
    /// limits them: by the row, and by the earlier ones.
    pub(crate) lost: [InARow; 1 + HISTORY],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) row: Row,
    /// The rows before the last writes, the latest first.
    pub(crate) earlier: [Option<Row>; HISTORY],
    /// How often the store may still lose its last writes.
    pub(crate) losses: u8,
    pub(crate) jar: Jar,
    pub(crate) exchanges: [Exchange; EXCHANGES],
    pub(crate) loot: Option<Loot>,
    pub(crate) truth: Truth,
}

/// Two tabs, and what a tab gave up waiting for.
pub(crate) const EXCHANGES: usize = 3;
/// How many writes a store may lose at once.
pub(crate) const HISTORY: usize = 3;

impl State {
    /// Right after log-in.
    pub(crate) fn after_log_in(losses: u8) -> Self {
        Self {
            row: Row {
                current: Token::of(BASE),
                acknowledged: false,
                age: 0,
                late: InARow::default(),
                ended: None,
                second: None,
            },
            earlier: [None; HISTORY],
            losses,
            jar: Jar {
                refresh: Token::of(BASE),
                access: BASE,
            },
            exchanges: [Exchange::None; EXCHANGES],
            loot: None,
            truth: Truth {
                used: BASE - 1,
                since: 0,
                exchanged: None,
                late: InARow::default(),
                lost: [InARow::default(); 1 + HISTORY],
            },
        }
    }

    /// The same moment in its simplest form, and by how much its generations are counted lower.
    ///
    /// Rules look only at how far generations are apart (a test below asks ours), so the lowest
    /// that the store may have counts as [`BASE`]; and all tokens two or more before that are
    /// alike, because none is anything's predecessor. Which tab is which does not matter.
    pub(crate) fn canonical(mut self) -> (Self, u8) {
        if self.row.ended.is_some() {
            self.losses = 0;
        }
        if self.losses == 0 {
            self.earlier = [None; HISTORY];
            self.truth.lost[1..].fill(InARow::default());
        }
        self.exchanges.sort_unstable();
        let mut lowest = self.row.current.generation;
        if let Some(second) = self.row.second {
            lowest = lowest.min(second.generation);
        }
        for row in self.earlier.iter().flatten() {
            lowest = lowest.min(row.current.generation);
        }
        let by = lowest - BASE;
        let lower = |token: &mut Token| {
            *token = if token.generation < lowest - 1 {
                Token::of(0)
            } else {
                Token {
                    generation: token.generation - by,
                    ..*token
                }
            };
        };
        let lower_row = |row: &mut Row| {
            lower(&mut row.current);
            if let Some(second) = &mut row.second {
                lower(second);
            }
        };
        let lower_number = |number: &mut u8| *number = (*number).max(lowest - 1) - by;
        lower_row(&mut self.row);
        self.earlier.iter_mut().flatten().for_each(lower_row);
        lower(&mut self.jar.refresh);
        lower_number(&mut self.jar.access);
        for exchange in &mut self.exchanges {
            match exchange {
                Exchange::None => {}
                Exchange::Asked { with, .. } => lower(with),
                Exchange::Answered {
                    refresh, access, ..
                } => {
                    refresh.iter_mut().for_each(lower);
                    lower_number(access);
                }
            }
        }
        if let Some(loot) = &mut self.loot {
            lower(&mut loot.presented);
            lower(&mut loot.latest);
        }
        lower_number(&mut self.truth.used);
        if let Some((from, to)) = &mut self.truth.exchanged {
            lower(from);
            lower(to);
        }
        (self, by)
    }

    /// Everything of it in few bytes: equal for equal states only.
    pub(crate) fn key(&self) -> Key {
        let mut key = [0; 32];
        let mut at = 0;
        let mut put = |byte: u8| {
            key[at] = byte;
            at += 1;
        };
        put_row(self.row, &mut put);
        put(self.row.second.map_or(NONE, byte));
        for row in &self.earlier {
            match row {
                None => {
                    put(NONE);
                    put(0);
                    put(0);
                }
                Some(row) => put_row(*row, &mut put),
            }
        }
        put(self.losses);
        put(byte(self.jar.refresh));
        put(self.jar.access);
        for exchange in &self.exchanges {
            let (token, access, left) = match *exchange {
                Exchange::None => (NONE, 0, 0),
                Exchange::Asked { with, left } => (byte(with), NONE, left),
                Exchange::Answered {
                    refresh,
                    access,
                    left,
                } => (refresh.map_or(NONE, byte), access, left),
            };
            put(token);
            put(access << 4 | left);
        }
        put(self.loot.map_or(NONE, |loot| byte(loot.presented)));
        put(self.loot.map_or(NONE, |loot| byte(loot.latest)));
        put(self.truth.used);
        put(self.truth.since);
        put(self.truth.exchanged.map_or(NONE, |(from, _)| byte(from)));
        put(self.truth.exchanged.map_or(NONE, |(_, to)| byte(to)));
        put(in_a_row(self.truth.late));
        for lost in self.truth.lost.chunks(2) {
            put(lost
                .iter()
                .fold(0, |byte, lost| byte << 4 | in_a_row(*lost)));
        }
        key
    }
}

pub(crate) type Key = [u8; 32];

fn put_row(row: Row, put: &mut impl FnMut(u8)) {
    put(byte(row.current));
    let ended = match row.ended {
        None => 0,
        Some(End::LoggedOut) => 1,
        Some(End::Reused) => 2,
    };
    put(row.age << 3 | u8::from(row.acknowledged) << 2 | ended);
    put(in_a_row(row.late));
}

fn in_a_row(row: InARow) -> u8 {
    row.before << 1 | u8::from(row.current)
}

fn byte(token: Token) -> u8 {
    token.generation << 3 | token.sibling
}

const NONE: u8 = 0xff;
/// What the lowest generation of the store counts as. There is room for two below it.
pub(crate) const BASE: u8 = 2;
