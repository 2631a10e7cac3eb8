//! From an uploaded file to what shoppers' browsers load.
//!
//! What a file claims is not believed: its first bytes say what it is, and its header how large it will be, before anything is
//! decoded. What comes out holds pixels and nothing else of the file: no EXIF, no place, no comment, and no colour profile, as
//! colours are converted to sRGB, which browsers take for granted.
//!
//! Sizes are JPEGs: the library writes WebP without loss only, which makes a photo several times larger.
//!
//! Memory is bounded by [`PIXELS`] and [`DECODED_BYTES`]: the file, what it decodes to, at most twice as much within the
//! decoder, and less than 100 MB to shrink it. 450 MB is the most seen, for a progressive JPEG of 40 million pixels in CMYK.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageResult, Limits, RgbImage,
    codecs::{
        jpeg::{JpegDecoder, JpegEncoder},
        png::PngDecoder,
        webp::WebPDecoder,
    },
    imageops::FilterType,
    metadata::Orientation,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use sha2::{Digest, Sha256};

use super::picture::{MediaType, Refusal, RefusalCode};

/// The most pixels of a file.
pub const PIXELS: u64 = 40_000_000;
/// The most bytes that a file decodes to: [`PIXELS`] in colour with transparency.
pub const DECODED_BYTES: u64 = 160_000_000;

/// The longer sides of the sizes, the smallest first.
const SIDES: [u32; 3] = [160, 480, 1200];
const LONGEST_SIDE: u32 = 30_000;
const LEAST_LONGER_SIDE: u32 = 160;
const LEAST_SHORTER_SIDE: u32 = 16;
/// What a decoder may take for itself, as far as it counts that.
const DECODER_BYTES: u64 = 2 * DECODED_BYTES;
const QUALITY: u8 = 82;

/// A picture in one size: a JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendering {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Names what the file holds: half of its SHA-256, in hexadecimal.
    pub digest: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What is taken from a file.
struct Decoded {
    image: DynamicImage,
    orientation: Orientation,
    /// What its colours are, as its ICC profile says.
    profile: Option<Vec<u8>>,
}

/// A file in all its sizes, the smallest first: upright, with its longer side at most 160, 480 and 1200 pixels, and never larger
/// than it is.
///
/// # Errors
/// Why the file cannot be used.
pub fn render(file: &[u8], declared: MediaType) -> Result<Vec<Rendering>, Refusal> {
    let Decoded { image, orientation, profile } = decoded(file, declared)?;
    let (width, height) = (image.width(), image.height());
    let largest = fitted(width, height, SIDES.into_iter().max().unwrap_or_default());
    let image = scaled(opaque(image), largest);
    let mut image = in_srgb(image.into_rgb8(), profile.as_deref());
    image.apply_orientation(orientation);
    let turned = (image.width(), image.height()) != largest;
    let longer = image.width().max(image.height());
    let smaller = SIDES.into_iter().filter(|side| *side < longer);
    let sizes = smaller.chain([longer]).map(|side| {
        let (width, height) = fitted(width, height, side);
        encoded(&scaled(image.clone(), if turned { (height, width) } else { (width, height) }))
    });
    sizes.collect::<ImageResult<_>>().map_err(|_| Refusal::unreadable())
}

/// What a file is by its first bytes.
fn kind(file: &[u8]) -> Option<MediaType> {
    match image::guess_format(file).ok()? {
        ImageFormat::Jpeg => Some(MediaType::Jpeg),
        ImageFormat::Png => Some(MediaType::Png),
        ImageFormat::WebP => Some(MediaType::Webp),
        _ => None,
    }
}

fn decoded(file: &[u8], declared: MediaType) -> Result<Decoded, Refusal> {
    let kind = kind(file)
        .ok_or_else(|| Refusal::new(RefusalCode::NotAnImage, "It is no JPEG, PNG or WebP. Save it as one of these."))?;
    if kind != declared {
        let detail = format!("It is {} and was said to be {}. Say what it is.", kind.name(), declared.name());
        return Err(Refusal::new(RefusalCode::OtherType, detail));
    }
    let animated = || Refusal::new(RefusalCode::Animated, "It moves. Upload a single picture.");
    let file = Cursor::new(file);
    match kind {
        MediaType::Jpeg => within_limits(JpegDecoder::new(file).map_err(refused)?),
        MediaType::Png => {
            let decoder = PngDecoder::with_limits(file, limits()).map_err(refused)?;
            if decoder.is_apng().map_err(refused)? {
                return Err(animated());
            }
            within_limits(decoder)
        }
        MediaType::Webp => {
            let decoder = WebPDecoder::new(file).map_err(refused)?;
            if decoder.has_animation() {
                return Err(animated());
            }
            within_limits(decoder)
        }
    }
}

/// Decodes what is neither too large nor too small by its header.
fn within_limits(mut decoder: impl ImageDecoder) -> Result<Decoded, Refusal> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > PIXELS || decoder.total_bytes() > DECODED_BYTES || width.max(height) > LONGEST_SIDE {
        return Err(too_many_pixels(&format!("It has {width} x {height} pixels.")));
    }
    if width.max(height) < LEAST_LONGER_SIDE || width.min(height) < LEAST_SHORTER_SIDE {
        let detail = format!(
            "It has {width} x {height} pixels. Upload one with {LEAST_LONGER_SIDE} pixels or more on its longer side, and \
             {LEAST_SHORTER_SIDE} on the other."
        );
        return Err(Refusal::new(RefusalCode::TooSmall, detail));
    }
    decoder.set_limits(limits()).map_err(refused)?;
    // Metadata that cannot be read changes nothing; it is not kept either way.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    Ok(Decoded { image: DynamicImage::from_decoder(decoder).map_err(refused)?, orientation, profile })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(DECODER_BYTES);
    limits
}

fn too_many_pixels(what: &str) -> Refusal {
    let detail = format!(
        "{what} Scale it to {PIXELS} pixels or fewer, half as many with 16 bits a channel, with sides of {LONGEST_SIDE} at most."
    );
    Refusal::new(RefusalCode::TooManyPixels, detail)
}

fn refused(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => too_many_pixels("It is too large."),
        _ => Refusal::unreadable(),
    }
}

/// On white, where one could see through it: a JPEG has no transparency. Done before shrinking, which would mix in the colours of
/// what is not seen.
fn opaque(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut image = image.into_rgba8();
    for pixel in image.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        if alpha < 255 {
            let on_white = |channel: u32| {
                let mixed = (channel * alpha + 255 * (255 - alpha) + 127) / 255;
                u8::try_from(mixed).unwrap_or(u8::MAX)
            };
            pixel.0 = [on_white(red), on_white(green), on_white(blue), u8::MAX];
        }
    }
    DynamicImage::ImageRgba8(image)
}

/// The image with the colours that its profile means. A profile that cannot be read, or is not of red, green and blue, changes
/// nothing.
fn in_srgb(image: RgbImage, profile: Option<&[u8]>) -> DynamicImage {
    let profile = profile.and_then(|profile| ColorProfile::new_from_slice(profile).ok());
    let converted = profile.filter(|profile| profile.color_space == DataColorSpace::Rgb).and_then(|profile| {
        let options = TransformOptions::default();
        let transform = profile.create_transform_8bit(Layout::Rgb, &ColorProfile::new_srgb(), Layout::Rgb, options);
        let mut converted = vec![0; image.as_raw().len()];
        transform.ok()?.transform(image.as_raw(), &mut converted).ok()?;
        RgbImage::from_raw(image.width(), image.height(), converted)
    });
    DynamicImage::ImageRgb8(converted.unwrap_or(image))
}

/// The image with these sides, which are no longer than its own.
fn scaled(image: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    let (twice_as_wide, twice_as_high) = (width.saturating_mul(2), height.saturating_mul(2));
    // Averages whole pixels, in little memory; the filter below does the rest.
    let image = if image.width() > twice_as_wide && image.height() > twice_as_high {
        image.thumbnail_exact(twice_as_wide, twice_as_high)
    } else {
        image
    };
    image.resize_exact(width, height, FilterType::CatmullRom)
}

/// The sides of an image whose longer one is to be at most `side`.
fn fitted(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let half = u64::from(longer) / 2;
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + half) / u64::from(longer).max(1);
        u32::try_from(rounded).unwrap_or(side).max(1)
    };
    (scaled(width), scaled(height))
}

fn encoded(image: &DynamicImage) -> ImageResult<Rendering> {
    let image = image.to_rgb8();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&image)?;
    let digest = Sha256::digest(&bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Rendering { width: image.width(), height: image.height(), digest, bytes })
}

#[cfg(test)]
#[path = "rendering_tests.rs"]
mod tests;
