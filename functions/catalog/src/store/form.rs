//! Presigned POST forms: a browser's way to upload one file, within limits that the bucket enforces.

use std::{collections::BTreeMap, time::SystemTime};

use aws_sdk_s3::config::ProvideCredentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::{Engine, engine::general_purpose::STANDARD};
use rialto_kernel::{SignedDuration, Timestamp};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::uploads::address_of;
use crate::{
    Error,
    domain::{job, picture, picture::MediaType, upload::media_type},
};

const LIFE: SignedDuration = SignedDuration::from_mins(15);
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A form to POST as `multipart/form-data`: these fields first, then the field `file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostForm {
    /// Where to.
    pub url: String,
    /// Fields to send unchanged. Good for 15 minutes.
    pub fields: BTreeMap<String, String>,
}

/// Makes forms for a bucket, signed with the function's own credentials.
#[derive(Debug, Clone)]
pub struct PostForms {
    context: Context,
    bucket: String,
    region: String,
    url: String,
}

/// What a form is for.
#[derive(Debug, Clone, Copy)]
struct Allowed<'a> {
    key: &'a str,
    content_type: &'a str,
    /// What the content type must begin with; the form's own and no other unless given.
    kind: Option<&'a str>,
    most_bytes: u64,
}

/// Who signs.
struct Signer<'a> {
    access_key: &'a str,
    secret: &'a str,
    region: &'a str,
    time: Timestamp,
}

impl PostForms {
    /// Forms for the bucket of `UPLOADS_BUCKET`.
    ///
    /// # Errors
    /// When it is not set, or there is no region.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let bucket = rialto_lambda::env("UPLOADS_BUCKET")?;
        let region = context.sdk().region().map(ToString::to_string);
        let region = region.ok_or_else(|| InitError::Missing("AWS_REGION".to_owned()))?;
        let url = address_of(context.sdk(), &bucket)?;
        Ok(Self { context: context.clone(), bucket, region, url })
    }

    /// A form for a catalogue file of at most 200 MB at exactly `key`. Its content type may become another of the same kind.
    ///
    /// # Errors
    /// When there are no credentials to sign with.
    pub async fn form(&self, key: &str, file_name: &str, now: Timestamp) -> Result<PostForm, Error> {
        let (content_type, kind) = media_type(file_name);
        let most_bytes = job::FILE_BYTES;
        self.sign(&Allowed { key, content_type, kind: Some(kind), most_bytes }, now).await
    }

    /// A form for a picture of this type, of at most `bytes`, at exactly `key`.
    ///
    /// # Errors
    /// When there are no credentials to sign with.
    pub async fn picture_form(
        &self,
        key: &str,
        kind: MediaType,
        bytes: u64,
        now: Timestamp,
    ) -> Result<PostForm, Error> {
        let most_bytes = bytes.min(picture::FILE_BYTES);
        self.sign(&Allowed { key, content_type: kind.name(), kind: None, most_bytes }, now).await
    }

    async fn sign(&self, allowed: &Allowed<'_>, now: Timestamp) -> Result<PostForm, Error> {
        let unsigned = || Error::Data("there are no credentials to sign with".into());
        let provider = self.context.sdk().credentials_provider().ok_or_else(unsigned)?;
        let credentials = provider.provide_credentials().await.map_err(Error::aws("signing"))?;
        self.context.record("s3:PutObject", &format!("{}/{}", self.bucket, allowed.key));
        let signer = Signer {
            access_key: credentials.access_key_id(),
            secret: credentials.secret_access_key(),
            region: &self.region,
            time: now,
        };
        let fields = fields(&self.bucket, allowed, &signer, credentials.session_token());
        Ok(PostForm { url: self.url.clone(), fields })
    }
}

fn fields(
    bucket: &str,
    allowed: &Allowed<'_>,
    signer: &Signer<'_>,
    session_token: Option<&str>,
) -> BTreeMap<String, String> {
    let (date, credential) = (signer.time.strftime("%Y%m%dT%H%M%SZ").to_string(), signer.credential());
    let Allowed { key, content_type, kind, most_bytes } = *allowed;
    let type_rule = match kind {
        Some(kind) => json!(["starts-with", "$Content-Type", kind]),
        None => json!(["eq", "$Content-Type", content_type]),
    };
    let mut conditions = vec![
        json!({ "bucket": bucket }),
        json!(["eq", "$key", key]),
        type_rule,
        json!(["content-length-range", 1, most_bytes]),
        json!({ "x-amz-algorithm": ALGORITHM }),
        json!({ "x-amz-credential": credential }),
        json!({ "x-amz-date": date }),
    ];
    let mut fields = BTreeMap::from([
        ("key".to_owned(), key.to_owned()),
        ("Content-Type".to_owned(), content_type.to_owned()),
        ("x-amz-algorithm".to_owned(), ALGORITHM.to_owned()),
        ("x-amz-credential".to_owned(), credential),
        ("x-amz-date".to_owned(), date),
    ]);
    if let Some(token) = session_token {
        conditions.push(json!({ "x-amz-security-token": token }));
        fields.insert("x-amz-security-token".to_owned(), token.to_owned());
    }
    let expiration =
        signer.time.saturating_add(LIFE).unwrap_or(signer.time).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let policy = STANDARD.encode(json!({ "expiration": expiration, "conditions": conditions }).to_string());
    fields.insert("x-amz-signature".to_owned(), signer.sign(&policy));
    fields.insert("policy".to_owned(), policy);
    fields
}

impl Signer<'_> {
    fn credential(&self) -> String {
        format!("{}/{}/{}/s3/aws4_request", self.access_key, self.time.strftime("%Y%m%d"), self.region)
    }

    /// The signature of a policy, which is already in base64.
    fn sign(&self, policy: &str) -> String {
        let key = generate_signing_key(self.secret, SystemTime::from(self.time), self.region, "s3");
        calculate_signature(key, policy.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer<'static> {
        Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            time: "2015-12-29T00:00:00Z".parse().unwrap(),
        }
    }

    /// The example of the S3 API reference, "Browser-Based Upload using HTTP POST".
    #[test]
    fn given_the_published_policy_when_signed_then_the_signature_is_the_published_one() {
        let policy = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6\
            ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJw\
            dWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25h\
            d3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQog\
            ICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVT\
            MjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJ\
            QUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFX\
            UzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";
        assert_eq!(signer().credential(), "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request");
        assert_eq!(signer().sign(policy), "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn given_a_form_when_made_then_the_policy_binds_key_size_type_and_time_and_covers_every_field() {
        let key = "uploads/s/i/a.csv";
        let allowed = Allowed { key, content_type: "text/csv", kind: Some("text/"), most_bytes: job::FILE_BYTES };
        let fields = fields("b", &allowed, &signer(), Some("token"));
        let policy: serde_json::Value = serde_json::from_slice(&STANDARD.decode(&fields["policy"]).unwrap()).unwrap();
        let conditions = policy["conditions"].as_array().unwrap();
        assert_eq!(policy["expiration"], "2015-12-29T00:15:00.000Z");
        assert!(conditions.contains(&json!(["eq", "$key", key])));
        assert!(conditions.contains(&json!(["content-length-range", 1, job::FILE_BYTES])));
        assert!(conditions.contains(&json!(["starts-with", "$Content-Type", "text/"])));
        for (name, value) in fields.iter().filter(|(name, _)| name.starts_with("x-amz-") && *name != "x-amz-signature")
        {
            assert!(conditions.contains(&json!({ name: value })), "{name}");
        }
        assert_eq!(fields["x-amz-signature"], signer().sign(&fields["policy"]));
    }

    #[test]
    fn given_a_form_for_a_picture_when_made_then_its_type_is_the_one_and_its_size_the_most() {
        let allowed = Allowed { key: "originals/s/p/i", content_type: "image/png", kind: None, most_bytes: 9 };
        let fields = fields("b", &allowed, &signer(), None);
        let policy: serde_json::Value = serde_json::from_slice(&STANDARD.decode(&fields["policy"]).unwrap()).unwrap();
        let conditions = policy["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!(["eq", "$Content-Type", "image/png"])));
        assert!(conditions.contains(&json!(["content-length-range", 1, 9])));
        assert_eq!(fields["Content-Type"], "image/png");
    }
}
