use std::fs;
use std::net::Ipv4Addr;

use super::*;
use crate::audit::record::{By, Event};
use crate::audit::verify::verify;
use crate::storage::testing::TempDir;

fn log_in(name: &str) -> Record {
    Record::new(Event::LogIn, By::User).of_user(name)
}

#[tokio::test]
async fn records_of_concurrent_requests_are_written_and_told() {
    let dir = TempDir::new();
    let path = dir.path().join("audit.log");
    let log = AuditLog::open(&path).unwrap();
    let tasks: Vec<_> = (0..500)
        .map(|number| {
            let log = log.clone();
            tokio::spawn(async move { log.record_log_in(log_in(&number.to_string())).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    log.stop(Record::new(Event::ServerStopped, By::Service))
        .await;
    let late = log.record_log_in(log_in("late")).await;
    assert!(late.is_err(), "the thread has ended");
    assert_eq!(verify(&[path], None).unwrap().records, 501);
}

#[tokio::test]
async fn a_log_that_is_off_takes_everything() {
    let log = AuditLog::default();
    log.record(log_in("alice"));
    log.record_log_in(log_in("alice")).await.unwrap();
    log.check().unwrap();
    assert_eq!(log.is_well(), None);
}

#[tokio::test]
async fn what_is_missing_is_told_once_the_log_can_be_written_again() {
    let dir = TempDir::new();
    let folder = dir.path().join("logs");
    let path = folder.join("audit.log");
    fs::create_dir(&folder).unwrap();
    let log = AuditLog::open(&path).unwrap();
    log.record_log_in(log_in("alice")).await.unwrap();

    // The folder has gone, so the file at the path is none.
    let elsewhere = dir.path().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    let log_out = || Record::new(Event::LogOut, By::User).of_user("alice");
    assert!(log.record_and_wait(log_out()).await.is_err());
    assert!(log.record_log_in(log_in("alice")).await.is_err());
    assert!(log.check().is_err());
    assert_eq!(log.is_well(), Some(false));
    fs::rename(&elsewhere, &folder).unwrap();
    let start = Instant::now();
    while log.is_well() == Some(false) {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it is tried again"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    log.record_log_in(log_in("alice")).await.unwrap();
    let intact = verify(std::slice::from_ref(&path), None).unwrap();
    let gaps = intact.gaps;
    assert_eq!(intact.records, 3);
    assert_eq!((gaps.count, gaps.missing, gaps.refused_log_ins), (1, 1, 2));
}

#[tokio::test]
async fn a_hundred_thousand_guesses_are_few_lines() {
    let dir = TempDir::new();
    let path = dir.path().join("audit.log");
    let log = AuditLog::open(&path).unwrap();
    for number in 0..100_000_u32 {
        let account = (number % 4 == 0).then(|| AccountId::new(None, &format!("user{number}")));
        let address = Ipv4Addr::from_bits(number).into();
        log.count_guess(Outcome::Failed, account, address);
    }
    log.stop(Record::new(Event::ServerStopped, By::Service))
        .await;
    let lines = fs::read_to_string(&path).unwrap();
    println!("{} lines, {} bytes", lines.lines().count(), lines.len());
    assert_eq!(lines.lines().count(), 2 * 9 + 1);
    assert!(
        lines.contains("\"reason\":\"unknown_user\",\"count\":74992,"),
        "{lines}"
    );
}
