use super::*;
use crate::probe::tls::bytes::Put;

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.u16(0x0303);
    out.vector16(content);
    out
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, 0];
    out.vector16(body);
    out
}

fn hello(suite: u16, extensions: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.vector8(&[]);
    body.u16(suite);
    body.push(0);
    let mut list = Vec::new();
    extensions.iter().for_each(|(kind, content)| list.extension(*kind, content));
    body.vector16(&list);
    message(2, &body)
}

fn certificate(der: &[&[u8]]) -> Vec<u8> {
    let mut list = Vec::new();
    for one in der {
        list.push(0);
        list.vector16(one);
    }
    let mut body = vec![0];
    body.vector16(&list);
    message(11, &body)
}

fn read(bytes: &[u8]) -> Result<Flight, Wrong> {
    let mut reader = Reader::new(Until::Done);
    reader.feed(bytes)?;
    Ok(reader.into_flight())
}

fn whole() -> Vec<u8> {
    [
        hello(0xc02f, &[(0xff01, &[0])]),
        certificate(&[b"leaf", b"issuer"]),
        message(12, &[3, 0, 0x17]),
        message(14, &[]),
    ]
    .concat()
}

#[test]
fn a_flight_reads_the_same_however_it_is_cut() {
    let messages = whole();
    let packed = read(&record(22, &messages)).unwrap();
    assert!(packed.is_done);
    assert_eq!(packed.certificates.as_ref().unwrap(), &[b"leaf".to_vec(), b"issuer".to_vec()]);
    assert_eq!(packed.hello.as_ref().unwrap().suite, 0xc02f);
    for size in [1, 2, 3, 7, 50] {
        let fragmented: Vec<u8> = messages.chunks(size).flat_map(|part| record(22, part)).collect();
        assert_eq!(read(&fragmented).unwrap(), packed, "records of {size} bytes");
        let mut reader = Reader::new(Until::Done);
        let bytes = record(22, &messages);
        let complete: Vec<bool> = bytes.chunks(size).map(|part| reader.feed(part).unwrap()).collect();
        assert_eq!(complete.last(), Some(&true));
        assert_eq!(reader.into_flight(), packed, "pieces of {size} bytes");
    }
}

#[test]
fn a_warning_is_noted_and_a_fatal_alert_ends_the_flight() {
    let bytes = [record(21, &[1, 112]), record(22, &whole())].concat();
    let flight = read(&bytes).unwrap();
    assert_eq!(flight.alerts, [Alert { is_fatal: false, code: 112 }]);
    assert!(flight.is_done);
    let flight = read(&[record(21, &[2, 40]), record(22, &whole())].concat()).unwrap();
    assert!(flight.hello.is_none());
}

#[test]
fn what_is_not_tls_is_told_apart_from_what_is_broken() {
    for other in [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"SSH-2.0-x\r\n", &[0; 40], &[22, 9, 9, 0, 1, 0]] {
        assert_eq!(read(other), Err(Wrong::NotTls), "{other:?}");
    }
    let mut long = vec![22, 3, 3];
    long.u16(16_385);
    assert_eq!(read(&long), Err(Wrong::RecordTooLong));
    assert_eq!(read(&record(22, &message(2, &[3, 3]))), Err(Wrong::Malformed));
    assert_eq!(read(&record(22, &certificate(&[]))), Err(Wrong::OutOfOrder));
    assert_eq!(read(&record(23, &[1, 2, 3])), Err(Wrong::OutOfOrder));
    assert_eq!(read(&record(21, &[2])), Err(Wrong::Malformed));
    let twice = hello(1, &[(23, &[]), (23, &[])]);
    assert_eq!(read(&record(22, &twice)), Err(Wrong::Malformed));
}

#[test]
fn nothing_is_read_without_end() {
    let start = record(22, &hello(0xc02f, &[]));
    let many: Vec<u8> =
        start.iter().copied().chain(std::iter::repeat_n(record(21, &[1, 0]), 20).flatten()).collect();
    assert_eq!(read(&many), Err(Wrong::TooMuch));
    let empty: Vec<u8> = std::iter::repeat_n(record(22, &[]), 600).flatten().collect();
    assert_eq!(read(&empty), Err(Wrong::TooMuch));
    let thousand = vec![&b"x"[..]; 1000];
    assert_eq!(
        read(&[start.clone(), record(22, &certificate(&thousand))].concat()),
        Err(Wrong::TooManyCertificates)
    );
    let huge = [start, record(22, &[11, 0x10, 0, 0])].concat();
    assert_eq!(read(&huge), Err(Wrong::TooMuch), "a certificate message of a megabyte");
}

#[test]
fn a_request_to_ask_again_names_suite_and_group() {
    let mut body = vec![3, 3];
    body.extend(RETRY);
    body.vector8(&[1; 32]);
    body.u16(0x1302);
    body.push(0);
    let mut list = Vec::new();
    list.extension(43, &[3, 4]);
    list.extension(51, &[0x11, 0xec]);
    body.vector16(&list);
    let flight = read(&record(22, &message(2, &body))).unwrap();
    let hello = flight.hello.unwrap();
    assert!(hello.is_retry);
    assert_eq!((hello.version, hello.suite, hello.group), (0x0304, 0x1302, Some(0x11ec)));
}

#[test]
fn a_key_exchange_shows_curve_or_prime() {
    assert_eq!(key_exchange(&[3, 0, 0x1d, 1, 2], true), Some(KeyExchange::Curve(0x1d)));
    assert_eq!(key_exchange(&[1, 0, 0x1d], true), None);
    let mut body = Vec::new();
    body.vector16(&[&[0, 0x80][..], &[0; 127]].concat());
    let Some(KeyExchange::Prime(prime)) = key_exchange(&body, false) else { panic!("no prime") };
    assert_eq!((prime.bits, prime.name), (1024, None));
    assert_eq!(key_exchange(&[0, 2, 0, 0], false), None);
}
