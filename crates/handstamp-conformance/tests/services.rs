//! Tests of the databases that tests start.

use std::net::TcpStream;

use handstamp_conformance::services::Postgres;

#[test]
fn postgres_dies_and_comes_back_on_the_same_port() {
    let mut postgres = Postgres::start();
    let url = postgres.url();
    let address = url.rsplit_once('@').unwrap().1.split('/').next().unwrap();
    assert!(TcpStream::connect(address).is_ok(), "started");
    postgres.stop();
    postgres.cont();
    postgres.kill();
    assert!(TcpStream::connect(address).is_err(), "killed");
    postgres.start_again();
    assert!(TcpStream::connect(address).is_ok(), "started again");
    assert_eq!(postgres.url(), url);
    assert!(postgres.log().contains("automatic recovery in progress"));
    drop(postgres);
    assert!(TcpStream::connect(address).is_err(), "dropped");
}
