use image::{ExtendedColorType, ImageBuffer, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage, codecs::png::PngEncoder};
use proptest::prelude::*;

use super::*;

/// EXIF as a phone writes it: turned by `orientation`, with a place and a comment.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    // The directory of the place, behind this one.
    exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    exif.extend([0, 0, 0, 0]);
    exif.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 52.5200 N 13.4050 E");
    exif
}

/// Red on the left, blue on the right, with a green corner at the top left.
fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 4 && y < height / 4, x < width / 2) {
        (true, _) => Rgb([0, 200, 0]),
        (_, true) => Rgb([200, 0, 0]),
        _ => Rgb([0, 0, 200]),
    })
}

fn jpeg(image: &RgbImage, exif: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(image).unwrap();
    bytes
}

fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn webp(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::WebP).unwrap();
    bytes
}

fn refusal(file: &[u8], declared: MediaType) -> RefusalCode {
    render(file, declared).unwrap_err().code
}

fn sides(renderings: &[Rendering]) -> Vec<(u32, u32)> {
    renderings.iter().map(|it| (it.width, it.height)).collect()
}

/// Which of red, green and blue it is, near enough.
fn colour(image: &RgbImage, x: u32, y: u32) -> &'static str {
    match image.get_pixel(x, y).0 {
        [r, g, b] if r > 150 && g < 60 && b < 60 => "red",
        [r, g, b] if g > 150 && r < 60 && b < 60 => "green",
        [r, g, b] if b > 150 && r < 60 && g < 60 => "blue",
        _ => "else",
    }
}

/// A chunk of a PNG, with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut table = [0_u32; 256];
    for (index, entry) in (0_u32..).zip(&mut table) {
        *entry = (0..8).fold(index, |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 });
    }
    let body = [kind.as_slice(), data].concat();
    let crc = body.iter().fold(u32::MAX, |c, byte| table[usize::from(c.to_le_bytes()[0] ^ byte)] ^ (c >> 8)) ^ u32::MAX;
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes(), body.as_slice(), &crc.to_be_bytes()].concat()
}

/// A PNG that says it has these sides, with a kilobyte of nothing behind.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(b"IHDR", &header));
    file.extend(chunk(b"IDAT", &[0; 1000]));
    file.extend(chunk(b"IEND", &[]));
    file
}

#[test]
fn given_a_photo_when_rendered_then_sizes_are_jpegs_of_its_shape_the_smallest_first_and_never_larger() {
    for (from, expected) in [
        ((2000, 1000), vec![(160, 80), (480, 240), (1200, 600)]),
        ((1000, 2000), vec![(80, 160), (240, 480), (600, 1200)]),
        ((1200, 900), vec![(160, 120), (480, 360), (1200, 900)]),
        ((500, 400), vec![(160, 128), (480, 384), (500, 400)]),
        ((480, 100), vec![(160, 33), (480, 100)]),
        ((160, 160), vec![(160, 160)]),
        ((3000, 16), vec![(160, 1), (480, 3), (1200, 6)]),
    ] {
        let renderings = render(&jpeg(&photo(from.0, from.1), exif(1)), MediaType::Jpeg).unwrap();
        assert_eq!(sides(&renderings), expected, "{from:?}");
        for it in &renderings {
            let there = image::load_from_memory_with_format(&it.bytes, ImageFormat::Jpeg).unwrap();
            assert_eq!((there.width(), there.height()), (it.width, it.height));
            assert_eq!(it.digest.len(), 32);
        }
    }
}

#[test]
fn given_a_photo_turned_in_any_way_when_rendered_then_it_is_upright() {
    // Where the green corner is on a photo that was taken upright and stored as its EXIF says.
    for (orientation, corner) in
        [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))]
    {
        let renderings = render(&jpeg(&photo(400, 200), exif(orientation)), MediaType::Jpeg).unwrap();
        let largest = renderings.last().unwrap();
        let shown = image::load_from_memory(&largest.bytes).unwrap().to_rgb8();
        let turned = orientation >= 5;
        assert_eq!((shown.width(), shown.height()), if turned { (200, 400) } else { (400, 200) }, "{orientation}");
        let at = |far: u32, length: u32| if far == 1 { length - 10 } else { 10 };
        let found = colour(&shown, at(corner.0, shown.width()), at(corner.1, shown.height()));
        assert_eq!(found, "green", "orientation {orientation}");
    }
}

#[test]
fn given_a_file_with_place_comment_and_profile_when_rendered_then_only_pixels_are_left() {
    let mut encoded = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut encoded, 90);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encoder.set_icc_profile(b"a profile that names Ada".to_vec()).unwrap();
    encoder.encode_image(&photo(300, 200)).unwrap();
    // A comment and XMP, behind the first marker; more behind the end.
    let segment = |marker: u8, data: &[u8]| {
        [&[0xff, marker][..], &u16::try_from(data.len() + 2).unwrap().to_be_bytes(), data].concat()
    };
    let mut file = encoded[..2].to_vec();
    file.extend(segment(0xfe, b"Ada's kitchen"));
    file.extend(segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Ada</x:xmpmeta>"));
    file.extend(&encoded[2..]);
    file.extend(b"Ada's trailer");
    let secrets: [&[u8]; 7] = [b"Exif", b"GPS", b"52.5200", b"Ada", b"xmp", b"ICC", b"kitchen"];
    let holds = |bytes: &[u8], secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
    for secret in secrets {
        assert!(holds(&file, secret), "the fixture has no {}", String::from_utf8_lossy(secret));
    }
    let renderings = render(&file, MediaType::Jpeg).unwrap();
    assert_eq!(renderings.len(), 2);
    for it in renderings {
        for secret in secrets {
            assert!(!holds(&it.bytes, secret), "{} is left", String::from_utf8_lossy(secret));
        }
        let markers = segments(&it.bytes);
        let kept = |marker: &u8| matches!(marker, 0xe0 | 0xdb | 0xc0 | 0xc4 | 0xda);
        assert!(markers.iter().all(kept), "{markers:x?}");
    }
}

#[test]
fn given_colours_of_a_phone_when_rendered_then_they_are_those_that_browsers_take_for_granted() {
    // By the matrix from Display P3 to linear sRGB that CSS Color 4 gives; grey is grey in both.
    for (pixel, expected) in [([100, 200, 100], [45, 203, 86]), ([128, 128, 128], [128, 128, 128])] {
        let flat = RgbImage::from_pixel(200, 200, Rgb(pixel));
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut file, 95);
        encoder.set_icc_profile(ColorProfile::new_display_p3().encode().unwrap()).unwrap();
        encoder.encode_image(&flat).unwrap();
        let shown = image::load_from_memory(&render(&file, MediaType::Jpeg).unwrap()[1].bytes).unwrap().to_rgb8();
        let seen = shown.get_pixel(100, 100).0;
        assert!(seen.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 8), "{pixel:?} is shown as {seen:?}");
        let plain = render(&jpeg(&flat, Vec::new()), MediaType::Jpeg).unwrap();
        let plain = image::load_from_memory(&plain[1].bytes).unwrap().to_rgb8().get_pixel(100, 100).0;
        assert!(plain.iter().zip(pixel).all(|(a, b)| a.abs_diff(b) < 8), "{pixel:?} is shown as {plain:?}");
    }
}

/// The markers of a JPEG up to its pixels.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let (mut at, mut markers) = (2, Vec::new());
    while markers.last() != Some(&0xda) {
        assert_eq!(jpeg[at], 0xff);
        markers.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    markers
}

#[test]
fn given_transparency_when_rendered_then_it_is_on_white_and_hidden_colours_do_not_show() {
    let drawing = RgbaImage::from_fn(600, 600, |x, _| match x {
        0..200 => Rgba([255, 0, 0, 0]),
        200..400 => Rgba([0, 0, 0, 128]),
        _ => Rgba([0, 0, 200, 255]),
    });
    let drawing = DynamicImage::ImageRgba8(drawing);
    for (file, kind) in [(png(&drawing), MediaType::Png), (webp(&drawing), MediaType::Webp)] {
        for it in render(&file, kind).unwrap() {
            let shown = image::load_from_memory(&it.bytes).unwrap().to_rgb8();
            let [r, g, b] = shown.get_pixel(it.width / 6, it.height / 2).0;
            assert!(r > 250 && g > 250 && b > 250, "{r} {g} {b}");
            let [r, g, b] = shown.get_pixel(it.width / 2, it.height / 2).0;
            assert!([r, g, b].iter().all(|channel| channel.abs_diff(127) < 8), "{r} {g} {b}");
            assert_eq!(colour(&shown, it.width - 2, 2), "blue");
        }
    }
}

#[test]
fn given_every_kind_of_pixels_when_rendered_then_all_of_them_are_taken() {
    let photo = DynamicImage::ImageRgb8(photo(640, 320));
    let kinds = [
        DynamicImage::ImageLuma8(photo.to_luma8()),
        DynamicImage::ImageLumaA8(photo.to_luma_alpha8()),
        DynamicImage::ImageRgb16(photo.to_rgb16()),
        DynamicImage::ImageRgba16(photo.to_rgba16()),
        DynamicImage::ImageLuma16(photo.to_luma16()),
        photo.clone(),
    ];
    for kind in &kinds {
        let renderings = render(&png(kind), MediaType::Png).unwrap();
        assert_eq!(sides(&renderings), [(160, 80), (480, 240), (640, 320)], "{:?}", kind.color());
    }
    let mut grey = Vec::new();
    let luma = photo.to_luma8();
    JpegEncoder::new(&mut grey).encode(&luma, 640, 320, ExtendedColorType::L8).unwrap();
    assert_eq!(render(&grey, MediaType::Jpeg).unwrap().len(), 3);
}

#[test]
fn given_a_file_that_is_not_what_it_was_said_to_be_when_rendered_then_it_is_refused_and_says_what_it_is() {
    let drawing = DynamicImage::ImageRgb8(photo(200, 200));
    let refused = render(&png(&drawing), MediaType::Jpeg).unwrap_err();
    assert_eq!(refused.code, RefusalCode::OtherType);
    assert!(refused.detail.contains("image/png"), "{}", refused.detail);
    assert_eq!(refusal(&jpeg(&photo(200, 200), Vec::new()), MediaType::Webp), RefusalCode::OtherType);
    let others: [&[u8]; 6] = [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\x01\0\x01\0",
        b"%PDF-1.7 of a thing",
        b"\0\0\0\x1cftypheic\0\0\0\0mif1heic",
        b"MZ\x90\0 a program that is called a.jpg",
    ];
    for other in others {
        assert_eq!(refusal(other, MediaType::Jpeg), RefusalCode::NotAnImage, "{}", String::from_utf8_lossy(other));
    }
}

#[test]
fn given_a_header_that_says_too_much_when_rendered_then_it_is_refused_before_anything_is_decoded() {
    for (width, height) in
        [(40_000, 40_000), (8_000, 5_001), (30_001, 100), (u32::MAX / 2, 2), (2, i32::MAX.unsigned_abs())]
    {
        assert_eq!(refusal(&bomb(width, height), MediaType::Png), RefusalCode::TooManyPixels, "{width} x {height}");
    }
    // Small enough to be decoded, which it cannot be.
    assert_eq!(refusal(&bomb(8_000, 5_000), MediaType::Png), RefusalCode::Unreadable);
    // 16 bits a channel take twice the memory.
    let mut deep = bomb(8_000, 2_600);
    deep.splice(
        8..33,
        chunk(b"IHDR", &[&8_000_u32.to_be_bytes()[..], &2_600_u32.to_be_bytes(), &[16, 6, 0, 0, 0]].concat()),
    );
    assert_eq!(refusal(&deep, MediaType::Png), RefusalCode::TooManyPixels);
    // A JPEG says its sides two bytes each, behind the frame's marker.
    let mut photo = jpeg(&photo(200, 200), Vec::new());
    let frame = photo.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    photo[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(refusal(&photo, MediaType::Jpeg), RefusalCode::TooManyPixels);
}

#[test]
fn given_text_in_a_file_that_unpacks_to_gigabytes_when_rendered_then_it_takes_no_more_than_it_may() {
    let drawing = png(&DynamicImage::ImageRgb8(photo(200, 200)));
    let mut file = drawing[..33].to_vec();
    // zTXt with a body that is no deflate stream at all, and an iCCP likewise.
    file.extend(chunk(b"zTXt", &[b"Comment\0\0".as_slice(), &[0xff; 4096]].concat()));
    file.extend(chunk(b"iCCP", &[b"p\0\0".as_slice(), &[0xff; 4096]].concat()));
    file.extend(&drawing[33..]);
    match render(&file, MediaType::Png) {
        Ok(renderings) => assert_eq!(sides(&renderings), [(160, 160), (200, 200)]),
        Err(refusal) => assert_eq!(refusal.code, RefusalCode::Unreadable),
    }
}

#[test]
fn given_an_animation_or_a_speck_when_rendered_then_it_is_refused() {
    let drawing = png(&DynamicImage::ImageRgb8(photo(200, 200)));
    let mut moving = drawing[..33].to_vec();
    moving.extend(chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]));
    moving.extend(&drawing[33..]);
    assert_eq!(refusal(&moving, MediaType::Png), RefusalCode::Animated);
    assert_eq!(refusal(&moving_webp(), MediaType::Webp), RefusalCode::Animated);
    for (width, height) in [(159, 159), (1, 1), (1000, 15)] {
        let file = jpeg(&photo(width, height), Vec::new());
        assert_eq!(refusal(&file, MediaType::Jpeg), RefusalCode::TooSmall, "{width} x {height}");
    }
}

/// A WebP of two frames.
fn moving_webp() -> Vec<u8> {
    let still = webp(&DynamicImage::ImageRgb8(photo(200, 200)));
    let part =
        |kind: &[u8; 4], data: &[u8]| [kind, &u32::try_from(data.len()).unwrap().to_le_bytes()[..], data].concat();
    let sides = [199, 0, 0, 199, 0, 0];
    // Where it is, its sides, for 0.1 s, then the still image's own chunk.
    let frame = part(b"ANMF", &[&[0; 6][..], &sides, &[100, 0, 0, 0], &still[12..]].concat());
    let header = part(b"VP8X", &[&[2, 0, 0, 0][..], &sides].concat());
    let body = [&b"WEBP"[..], &header, &part(b"ANIM", &[0; 6]), &frame, &frame].concat();
    part(b"RIFF", &body)
}

#[test]
fn given_the_same_file_twice_when_rendered_then_names_and_bytes_are_the_same() {
    let file = jpeg(&photo(700, 500), exif(6));
    assert_eq!(render(&file, MediaType::Jpeg), render(&file, MediaType::Jpeg));
}

#[test]
fn given_a_file_that_ends_early_when_rendered_then_nothing_breaks() {
    let noise = ImageBuffer::from_fn(300, 300, |x, y| {
        let value = u8::try_from((x * 7919 + y * 104_729) % 251).unwrap();
        Rgb([value, value.wrapping_mul(3), value.wrapping_mul(7)])
    });
    let mut plain = Vec::new();
    PngEncoder::new(&mut plain).write_image(&noise, 300, 300, ExtendedColorType::Rgb8).unwrap();
    let files =
        [(jpeg(&noise, exif(3)), MediaType::Jpeg), (plain, MediaType::Png), (webp(&noise.into()), MediaType::Webp)];
    for (file, kind) in files {
        for cut in (0..file.len()).step_by(file.len() / 40) {
            let _ = render(&file[..cut], kind);
        }
        assert!(render(&file, kind).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn given_any_sides_when_fitted_then_the_longer_is_the_wanted_one_and_the_shape_stays(
        width in 1_u32..30_000, height in 1_u32..30_000, side in 1_u32..2_400,
    ) {
        let (w, h) = fitted(width, height, side);
        prop_assert_eq!(w.max(h), side.min(width.max(height)));
        // Within half a pixel of the exact ratio, or one pixel where it would vanish.
        let (longer, shorter) = (u64::from(width.max(height)), u64::from(width.min(height)));
        let off = (shorter * u64::from(w.max(h))).abs_diff(u64::from(w.min(h)) * longer);
        prop_assert!(off * 2 <= longer || w.min(h) == 1);
    }

    #[test]
    fn given_a_file_with_changed_bytes_when_rendered_then_it_is_rendered_or_refused(
        changes in proptest::collection::vec((0_usize..4_000, any::<u8>()), 1..20), turned in 0_u8..9,
    ) {
        let mut file = jpeg(&photo(200, 180), exif(turned));
        for (at, byte) in changes {
            let length = file.len();
            file[at % length] = byte;
        }
        if let Ok(renderings) = render(&file, MediaType::Jpeg) {
            prop_assert!(renderings.iter().all(|it| it.width.max(it.height) <= 1_200));
        }
    }
}
