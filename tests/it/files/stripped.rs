//! What stays of a photo in each of the formats: its pixels, and nothing that it says.

use fengqiao_tests::{Actor, Served, on_backends};
use image::ImageFormat;
use reqwest::StatusCode;
use serde_json::json;

use super::photos::{PLACE, SECONDS, clear, holds, located_png, located_webp};
use super::{brought, looked_at, person, read};

async fn kept(by: &Actor, id: &str) -> anyhow::Result<Vec<u8>> {
    let answer = looked_at(by, id).await?;
    assert_eq!(answer.status(), StatusCode::OK);
    Ok(answer.bytes().await?.to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn png_and_webp_tell_nothing_of_where_either() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        for (photo, media_type) in [(located_png(1)?, "image/png"), (located_webp(1)?, "image/jpeg")] {
            let said = [&SECONDS.to_be_bytes()[..], b"2026:11:22", PLACE];
            for told in said {
                assert!(holds(&photo, told), "{media_type}: the photo says {told:?}");
            }
            let id = brought(&worker, &photo, &[]).await?;
            let facts = read(&worker, &id, "mediaType width height takenAt point { longitude }").await?;
            assert_eq!(
                facts,
                json!({"mediaType": media_type, "width": 4, "height": 6,
                    "takenAt": "2026-11-22T07:30:00.000000Z", "point": null})
            );
            let kept = kept(&worker, &id).await?;
            for told in said.into_iter().chain([&b"eXIf"[..], b"iTXt", b"tEXt", b"Exif", b"EXIF", b"XMP"]) {
                assert!(!holds(&kept, told), "{media_type}: what is kept says {told:?}");
            }
            let id = brought(&worker, &photo, &[("keepLocation", "true")]).await?;
            let point = read(&worker, &id, "point { longitude latitude }").await?["point"].clone();
            assert_eq!(point, json!({"longitude": 106.822_778, "latitude": 39.673_523}), "{media_type}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_transparent_shows_white_paper_where_it_becomes_a_photo() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let id = brought(&worker, &clear(ImageFormat::WebP)?, &[]).await?;
        let drawn = image::load_from_memory_with_format(&kept(&worker, &id).await?, ImageFormat::Jpeg)?;
        let drawn = drawn.into_rgb8();
        for (x, shade) in [(4, 255_u8), (28, 127)] {
            for part in drawn.get_pixel(x, 8).0 {
                assert!(part.abs_diff(shade) <= 2, "at {x} there is {part} instead of {shade}");
            }
        }
        // PNG stays as it is.
        let id = brought(&worker, &clear(ImageFormat::Png)?, &[]).await?;
        let drawn = image::load_from_memory_with_format(&kept(&worker, &id).await?, ImageFormat::Png)?;
        let drawn = drawn.into_rgba8();
        assert_eq!((drawn.get_pixel(4, 8).0[3], drawn.get_pixel(28, 8).0[3]), (0, 128));
        Ok(())
    })
    .await
}
