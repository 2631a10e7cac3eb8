//! Signatures of webhooks: Stripe's scheme, `t=<seconds>,v1=<hex of HMAC-SHA256 of "<t>.<body>">`.

use aws_lc_rs::hmac;
use rialto_kernel::Timestamp;
use thiserror::Error;

/// How far a signature's time may be from ours, either way.
const TOLERANCE_SECONDS: i64 = 300;

/// A webhook that is not shown to be the gateway's. It is not said which part was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// Whether one of the `v1` signatures in `header` is that of `body` under one of the secrets (several while they are
/// being rotated), and its time is within 300 s of `now`. Signatures are compared in constant time.
///
/// # Errors
/// [`BadSignature`].
pub fn verify(body: &[u8], header: &str, secrets: &[&[u8]], now: Timestamp) -> Result<(), BadSignature> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let mut times = parts().filter(|(name, _)| *name == "t");
    let (Some((_, time)), None) = (times.next(), times.next()) else { return Err(BadSignature) };
    let second: i64 = time.parse().map_err(|_| BadSignature)?;
    let apart = now.as_second().checked_sub(second).and_then(i64::checked_abs).ok_or(BadSignature)?;
    if apart > TOLERANCE_SECONDS {
        return Err(BadSignature);
    }
    let message = [time.as_bytes(), b".", body].concat();
    let given: Vec<_> = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, text)| unhex(text)).collect();
    let mut good = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        for signature in &given {
            good |= hmac::verify(&key, &message, signature).is_ok();
        }
    }
    if good { Ok(()) } else { Err(BadSignature) }
}

/// The header that [`verify`] accepts: for the sandbox gateway, and for tests.
#[must_use]
pub fn sign(body: &[u8], secret: &[u8], now: Timestamp) -> String {
    let time = now.as_second().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, &[time.as_bytes(), b".", body].concat());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hex}")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let digits =
                std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2 && !digits.starts_with('+'))?;
            u8::from_str_radix(digits, 16).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Computed with OpenSSL: `printf '1492774577.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`. `v0` is a scheme
    /// that is not to be accepted.
    const HEADER: &str = "t=1492774577,v1=7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";

    #[test]
    fn given_a_signature_made_by_openssl_when_verified_then_it_is_good_within_300_seconds_only() {
        let check = |now| verify(br#"{"id":"evt_1"}"#, HEADER, &[b"whsec_test"], at(now));
        for (now, good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            assert_eq!(check(1_492_774_577 + now).is_ok(), good, "{now} s later");
        }
    }

    #[test]
    fn given_secrets_in_rotation_when_verified_then_either_will_do_and_no_other() {
        let header = sign(b"{}", b"new", at(1000));
        assert_eq!(verify(b"{}", &header, &[b"old", b"new"], at(1000)), Ok(()));
        assert_eq!(verify(b"{}", &header, &[b"new"], at(1000)), Ok(()));
        for secrets in [vec![&b"old"[..]], vec![], vec![b""]] {
            assert_eq!(verify(b"{}", &header, &secrets, at(1000)), Err(BadSignature));
        }
        assert_eq!(verify(b"{}", &sign(b"{}", b"", at(1000)), &[b""], at(1000)), Err(BadSignature), "an empty secret");
    }

    #[test]
    fn given_a_header_that_is_none_when_verified_then_it_is_refused() {
        let good = sign(b"{}", b"s", at(1000));
        let signature = good.split_once(',').map_or("", |(_, rest)| rest);
        for header in [
            "".to_owned(),
            "t=1000".to_owned(),
            signature.to_owned(),
            format!("t=999,{signature}"),
            format!("t=1000,t=1000,{signature}"),
            format!("t=+1000,{signature}"),
            format!("t=9223372036854775807,{signature}"),
            good.replace("v1", "v0"),
            good.trim_end_matches(|_| true).to_owned(),
            format!("{}0", good),
        ] {
            assert_eq!(verify(b"{}", &header, &[b"s"], at(1000)), Err(BadSignature), "{header}");
        }
        assert_eq!(verify(b"{}", &format!("t=1000,v1=00,{signature}"), &[b"s"], at(1000)), Ok(()), "one of several");
    }

    proptest! {
        #[test]
        fn any_changed_byte_of_the_body_is_noticed(body in prop::collection::vec(any::<u8>(), 1..200), at_byte: prop::sample::Index, flip in 1_u8..) {
            let header = sign(&body, b"s", at(5));
            prop_assert!(verify(&body, &header, &[b"s"], at(5)).is_ok());
            let mut other = body.clone();
            if let Some(byte) = at_byte.get_mut(&mut other[..]).into() { let byte: &mut u8 = byte; *byte ^= flip; }
            prop_assert!(verify(&other, &header, &[b"s"], at(5)).is_err());
        }
    }
}
