//! Has nothing in it: the programs with mistakes are in `tests/cases`.
