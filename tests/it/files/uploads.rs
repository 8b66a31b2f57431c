//! What is taken, as what it is kept, and what is refused.

use anyhow::Context as _;
use fengqiao_tests::{Answer, Served, on_backends};
use image::ImageFormat;
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::photos::{self, crc, holds, located, plain, written};
use super::{brought, looked_at, person, read, sent};

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_drawn_anew_and_tells_nothing_of_where() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let photo = located(7)?;
        assert!(holds(&photo, &photos::SECONDS.to_be_bytes()), "the photo says where");
        let id = brought(&worker, &photo, &[]).await?;
        let facts = "fileName mediaType byteCount width height takenAt point { longitude latitude coordinateSystem } kind
            case { id }";
        let told = read(&worker, &id, facts).await?;
        let answer = looked_at(&worker, &id).await?;
        assert_eq!(answer.status(), StatusCode::OK);
        let kept = answer.bytes().await?.to_vec();
        assert_eq!(
            told,
            json!({"fileName": "照片.jpg", "mediaType": "image/jpeg", "byteCount": kept.len(), "width": 4,
                "height": 6, "takenAt": "2026-11-22T07:30:00.000000Z", "point": null, "kind": null, "case": null}),
            "it stands upright, and its clock is China's"
        );
        for told in [&photos::SECONDS.to_be_bytes()[..], b"Exif", b"2026:11:22"] {
            assert!(!holds(&kept, told), "{told:?}");
        }
        // On purpose the point stands beside it, and never in it.
        let id = brought(&worker, &photo, &[("keepLocation", "true")]).await?;
        let point = json!({"longitude": 106.822_778, "latitude": 39.673_523, "coordinateSystem": "WGS84"});
        assert_eq!(read(&worker, &id, facts).await?["point"], point);
        assert!(!holds(&looked_at(&worker, &id).await?.bytes().await?, b"Exif"));
        // What the form says counts before what the photo says.
        let said = [
            ("keepLocation", "true"),
            ("takenAt", "2026-11-21T00:00:00+08:00"),
            ("longitude", "106.5"),
            ("latitude", "39.25"),
            ("coordinateSystem", "CGCS2000"),
        ];
        let id = brought(&worker, &photo, &said).await?;
        let told = read(&worker, &id, facts).await?;
        assert_eq!(told["takenAt"], "2026-11-20T16:00:00.000000Z");
        let point = json!({"longitude": 106.5, "latitude": 39.25, "coordinateSystem": "CGCS2000"});
        assert_eq!(told["point"], point);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_what_its_content_says() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        for (file, kind) in [
            (written(1, ImageFormat::Png)?, "image/png"),
            (written(1, ImageFormat::WebP)?, "image/jpeg"),
            (b"%PDF-1.7\n%%EOF\n".to_vec(), "application/pdf"),
        ] {
            let id = brought(&worker, &file, &[]).await?;
            assert_eq!(read(&worker, &id, "mediaType").await?["mediaType"], kind);
        }
        let rows = served.world.number("SELECT count(*) FROM attachments").await?;
        for (file, status, code) in [
            (&b"<html><script>alert(1)</script>"[..], 415, "UNSUPPORTED_MEDIA"),
            (b"GIF89a\x01\0\x01\0\0\0\0", 415, "UNSUPPORTED_MEDIA"),
            (b"PK\x03\x04 an archive", 415, "UNSUPPORTED_MEDIA"),
            (b"\xff\xd8\xff\xe0 a photo that broke off", 422, "UNREADABLE"),
            (b"", 422, "REQUIRED"),
        ] {
            let answer = sent(&worker, "照片.jpg", file, &[]).await?;
            assert_eq!((answer.status, &answer.body["code"]), (status, &json!(code)), "{}", answer.text);
            assert!(!answer.body["message"].as_str().context("a message")?.is_ascii(), "{}", answer.text);
        }
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, rows);
        Ok(())
    })
    .await
}

/// A file and the texts of a form, and what is answered to them.
type Wrong<'a> = (&'a [u8], &'a [(&'a str, &'a str)], u16, &'a str);

/// A PNG image of one pixel whose header announces many, with its checksum.
fn bomb() -> anyhow::Result<Vec<u8>> {
    let mut bytes = written(1, ImageFormat::Png)?;
    bytes[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    Ok(bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_or_makes_no_sense_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| {
            settings.attachments.max_bytes = 20_000;
            settings.attachments.max_waiting = 2;
        })
        .await?;
        let worker = person(&served, "xindi.worker").await?;
        let photo = plain(1)?;
        let refused: [Wrong<'_>; 8] = [
            (&bomb()?, &[], 422, "TOO_MANY_PIXELS"),
            (&vec![0xff; 20_001], &[], 413, "TOO_LARGE"),
            (&photo, &[("takenAt", "2026-11-23T00:00:00Z")], 422, "INVALID_TIME"),
            (&photo, &[("longitude", "106.8")], 422, "INVALID_POINT"),
            (
                &photo,
                &[("longitude", "1"), ("latitude", "91"), ("coordinateSystem", "WGS84")],
                422,
                "INVALID_POINT",
            ),
            (&photo, &[("keepLocation", "perhaps")], 400, "BAD_REQUEST"),
            (&photo, &[("colour", "red")], 400, "BAD_REQUEST"),
            (&photo, &[("takenAt", &"9".repeat(300))], 400, "BAD_REQUEST"),
        ];
        for (file, texts, status, code) in refused {
            let answer = sent(&worker, "照片.jpg", file, texts).await?;
            assert_eq!(
                (answer.status, &answer.body["code"]),
                (status, &json!(code)),
                "{texts:?} {}",
                answer.text
            );
        }
        // Whoever still writes when they are refused may find the connection closed before they read why.
        let far_too_much = sent(&worker, "照片.jpg", &vec![0xff; 80_000], &[]).await;
        assert!(far_too_much.is_err() || far_too_much.is_ok_and(|answer| answer.status == 413));
        // A body without an announced length ends at the cap too.
        let endless = futures::stream::iter((0..400).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024])));
        let request =
            worker.at(Method::POST, "/files").header("content-type", "multipart/form-data; boundary=b");
        let request =
            request.header("authorization", format!("Bearer {}", worker.token().context("a token")?));
        let answer = Answer::of(request.body(reqwest::Body::wrap_stream(endless))).await;
        assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 413));
        brought(&worker, &photo, &[]).await?;
        brought(&worker, &photo, &[]).await?;
        let third = sent(&worker, "照片.jpg", &photo, &[]).await?;
        assert_eq!((third.status, &third.body["code"]), (422, &json!("TOO_MANY_WAITING")));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_bring_files_is_told_so() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let photo = plain(1)?;
        for login in ["system.admin", "security.admin"] {
            let admin = person(&served, login).await?.in_english();
            let answer = sent(&admin, "a.jpg", &photo, &[]).await?;
            assert_eq!((answer.status, &answer.body["code"]), (403, &json!("FORBIDDEN")), "{login}");
        }
        let stranger = sent(&served.anonymous(), "a.jpg", &photo, &[]).await?;
        assert_eq!((stranger.status, &stranger.body["code"]), (401, &json!("UNAUTHENTICATED")));
        let worker = person(&served, "xindi.worker").await?;
        let token = format!("Bearer {}", worker.token().context("a token")?);
        let bare = worker.at(Method::POST, "/files").header("authorization", token).body(photo);
        let bare = Answer::of(bare).await?;
        assert_eq!((bare.status, &bare.body["code"]), (415, &json!("NOT_A_FORM")));
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, 0);
        Ok(())
    })
    .await
}
