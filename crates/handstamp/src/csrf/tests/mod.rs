//! What the room does as a whole: a request comes in, an answer goes out.

mod double_submit;
mod forms;
mod origin_check;
mod vectors;
