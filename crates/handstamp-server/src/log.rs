//! The log: its lines wait in memory for a thread that writes them.
//!
//! Writing waits for a reader, and one that is not gone may still stall: a terminal whose output is
//! held, a program behind a pipe that hangs. No request waits for it. What exceeds the room in
//! memory is lost, and counted in the log once it is read again.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The lines that are not written yet. Writing to it never blocks.
#[derive(Debug)]
pub(crate) struct Log {
    queue: Mutex<Queue>,
    changed: Condvar,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Queue {
    text: Vec<u8>,
    lost: u64,
    is_writing: bool,
}

impl Log {
    /// Starts the thread that writes to this writer.
    pub(crate) fn start(writer: impl Write + Send + 'static) -> Arc<Self> {
        Self::with_room(MOST_BYTES, writer)
    }

    fn with_room(most_bytes: usize, mut writer: impl Write + Send + 'static) -> Arc<Self> {
        let log = Arc::new(Self {
            queue: Mutex::default(),
            changed: Condvar::new(),
            most_bytes,
        });
        let queue = Arc::clone(&log);
        thread::spawn(move || {
            loop {
                let text = queue.next();
                // Where the reader has gone, the log is lost, and not the service.
                let _ = writer.write_all(&text);
            }
        });
        log
    }

    /// Waits until everything is written, for a second at most: a reader that stalls does not keep
    /// the process from ending.
    pub(crate) fn flush(&self) {
        let is_busy = |queue: &mut Queue| queue.is_writing || !queue.text.is_empty();
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), LONGEST_FLUSH, is_busy);
        drop(waited);
    }

    /// Waits for text, which the caller then writes before it asks again.
    fn next(&self) -> Vec<u8> {
        let mut queue = self.lock();
        queue.is_writing = false;
        self.changed.notify_all();
        let waited = self
            .changed
            .wait_while(queue, |queue| queue.text.is_empty());
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
        queue.is_writing = true;
        let mut text = mem::take(&mut queue.text);
        let lost = mem::take(&mut queue.lost);
        if lost > 0 {
            let line = format!("handstamp: {lost} lines were lost here: the log was not read\n");
            text.extend(line.into_bytes());
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a whole line at once, or loses it.
impl Write for &Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut queue = self.lock();
        if queue.text.len() + line.len() > self.most_bytes {
            queue.lost += 1;
        } else {
            queue.text.extend_from_slice(line);
            self.changed.notify_all();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Some thousand lines.
const MOST_BYTES: usize = 1024 * 1024;

const LONGEST_FLUSH: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};

    use super::*;

    /// A pipe that holds one write until it is read.
    struct Pipe(SyncSender<String>);

    impl Write for Pipe {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            let sent = self.0.send(String::from_utf8_lossy(text).into_owned());
            sent.map_err(io::Error::other)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_without_room_are_counted_where_they_are_missing() {
        let (pipe, reader) = sync_channel(0);
        let log = Log::with_room(8, Pipe(pipe));
        let write = |line: &str| (&*log).write_all(line.as_bytes()).unwrap();
        write("one\n");
        // The thread has taken it, and waits for its reader.
        while !log.lock().is_writing {
            thread::yield_now();
        }
        for line in ["two\n", "six\n", "lost\n", "lost\n"] {
            write(line);
        }
        assert_eq!(reader.recv().unwrap(), "one\n");
        assert_eq!(
            reader.recv().unwrap(),
            "two\nsix\nhandstamp: 2 lines were lost here: the log was not read\n"
        );
        write("ten\n");
        assert_eq!(reader.recv().unwrap(), "ten\n", "each is counted once");
        log.flush();
        assert!(!log.lock().is_writing);
    }
}
