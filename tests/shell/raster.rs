//! Pictures of the editor without a graphics card: egui's own triangles, filled here. Every machine gets the same.

use egui::epaint::{ClippedShape, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Context, Pos2, Rect, pos2};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of a pixel that a corner of a triangle is rounded to: whole numbers decide what is inside, so that two
/// triangles never share a pixel and never leave one out.
const PARTS: f32 = 256.0;

/// What has been painted so far.
#[derive(Clone)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    /// Opaque, row by row.
    pub pixels: Vec<Color32>,
    pixels_per_point: f32,
    /// Glyphs and discs.
    atlas: ColorImage,
}

impl Canvas {
    /// A black one for the screen of `ctx`.
    pub fn of(ctx: &Context) -> Self {
        let (pixels_per_point, size) = (ctx.pixels_per_point(), ctx.content_rect().size());
        let side = |points: f32| (points * pixels_per_point).round() as usize;
        let (width, height) = (side(size.x), side(size.y));
        let atlas = ctx.fonts(|fonts| fonts.image());
        Self { width, height, pixels: vec![Color32::BLACK; width * height], pixels_per_point, atlas }
    }

    /// Paints `shapes` on top.
    pub fn paint(&mut self, ctx: &Context, shapes: Vec<ClippedShape>) {
        for primitive in ctx.tessellate(shapes, self.pixels_per_point) {
            if let Primitive::Mesh(mesh) = &primitive.primitive {
                self.fill(mesh, primitive.clip_rect);
            }
        }
    }

    fn fill(&mut self, mesh: &Mesh, clip: Rect) {
        let pixel = |points: f32, most: usize| ((points * self.pixels_per_point).round().max(0.0) as usize).min(most);
        let (left, right) = (pixel(clip.left(), self.width), pixel(clip.right(), self.width));
        let (top, bottom) = (pixel(clip.top(), self.height), pixel(clip.bottom(), self.height));
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|i| mesh.vertices[corners[i] as usize]);
            self.triangle(corners, (left, right), (top, bottom));
        }
    }

    fn triangle(&mut self, mut corners: [Vertex; 3], columns: (usize, usize), rows: (usize, usize)) {
        let fixed = |at: Pos2| {
            let part = |x: f32| (x * self.pixels_per_point * PARTS).round() as i64;
            (part(at.x), part(at.y))
        };
        let edge = |a: (i64, i64), b: (i64, i64), p: (i64, i64)| (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
        let mut at = corners.map(|corner| fixed(corner.pos));
        let mut area = edge(at[0], at[1], at[2]);
        if area < 0 {
            corners.swap(1, 2);
            at.swap(1, 2);
            area = -area;
        }
        if area == 0 {
            return;
        }
        let (parts, half) = (PARTS as i64, PARTS as i64 / 2);
        let least = |xs: [i64; 3]| xs.into_iter().min().unwrap_or(0).div_euclid(parts);
        let most = |xs: [i64; 3]| xs.into_iter().max().unwrap_or(0).div_euclid(parts) + 1;
        let range = |xs: [i64; 3], (low, high): (usize, usize)| (least(xs).max(low as i64), most(xs).min(high as i64));
        let (left, right) = range(at.map(|p| p.0), columns);
        let (top, bottom) = range(at.map(|p| p.1), rows);
        // A pixel on an edge belongs to the triangle below or to the right of it.
        let bias = [(1, 2), (2, 0), (0, 1)].map(|(a, b)| {
            let (dx, dy): (i64, i64) = (at[b].0 - at[a].0, at[b].1 - at[a].1);
            if dy < 0 || (dy == 0 && dx > 0) { 0 } else { -1 }
        });
        let flat = corners.iter().all(|corner| corner.uv == corners[0].uv);
        let plain = flat && corners.iter().all(|corner| corner.color == corners[0].color);
        let texel = self.texel(corners[0].uv);
        for y in top..bottom {
            for x in left..right {
                let p = (x * parts + half, y * parts + half);
                let weights = [edge(at[1], at[2], p), edge(at[2], at[0], p), edge(at[0], at[1], p)];
                if (0..3).any(|i| weights[i] + bias[i] < 0) {
                    continue;
                }
                let colour = if plain {
                    tinted(corners[0].color, texel)
                } else {
                    let weights = weights.map(|weight| weight as f32 / area as f32);
                    let texel = if flat {
                        texel
                    } else {
                        let mix = |part: fn(&Vertex) -> f32| (0..3).map(|i| weights[i] * part(&corners[i])).sum();
                        self.texel(pos2(mix(|corner| corner.uv.x), mix(|corner| corner.uv.y)))
                    };
                    let mixed = [0, 1, 2, 3].map(|part| {
                        let sum: f32 = (0..3).map(|i| weights[i] * f32::from(corners[i].color.to_array()[part])).sum();
                        sum.round() as u8
                    });
                    tinted(Color32::from_rgba_premultiplied(mixed[0], mixed[1], mixed[2], mixed[3]), texel)
                };
                let pixel = &mut self.pixels[y as usize * self.width + x as usize];
                *pixel = over(colour, *pixel);
            }
        }
    }

    /// The atlas at a place of it from 0 to 1, between texels in proportion.
    fn texel(&self, uv: Pos2) -> Color32 {
        let [width, height] = self.atlas.size;
        let place = |part: f32, size: usize| {
            let at = (part * size as f32 - 0.5).clamp(0.0, (size - 1) as f32);
            (at as usize, ((at as usize) + 1).min(size - 1), at.fract())
        };
        let ((left, right, x), (top, bottom, y)) = (place(uv.x, width), place(uv.y, height));
        let at = |x: usize, y: usize| self.atlas.pixels[y * width + x].to_array();
        let [a, b, c, d] = [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
        let mixed = [0, 1, 2, 3].map(|i| {
            let row = |one: u8, other: u8| f32::from(one) + x * (f32::from(other) - f32::from(one));
            let (upper, lower) = (row(a[i], b[i]), row(c[i], d[i]));
            (upper + y * (lower - upper)).round() as u8
        });
        Color32::from_rgba_premultiplied(mixed[0], mixed[1], mixed[2], mixed[3])
    }

    /// The part of it in `rect`, in points.
    pub fn cut(&self, rect: Rect) -> Picture {
        let side = |points: f32, most: usize| ((points * self.pixels_per_point).round().max(0.0) as usize).min(most);
        let (left, right) = (side(rect.left(), self.width), side(rect.right(), self.width));
        let (top, bottom) = (side(rect.top(), self.height), side(rect.bottom(), self.height));
        let rows = (top..bottom).flat_map(|y| &self.pixels[y * self.width + left..y * self.width + right]);
        Picture { width: right - left, height: bottom - top, pixels: rows.copied().collect() }
    }
}

fn tinted(colour: Color32, by: Color32) -> Color32 {
    if by == Color32::WHITE {
        return colour;
    }
    let (a, b) = (colour.to_array(), by.to_array());
    let part = |i: usize| ((u32::from(a[i]) * u32::from(b[i]) + 127) / 255) as u8;
    Color32::from_rgba_premultiplied(part(0), part(1), part(2), part(3))
}

/// A premultiplied colour on an opaque one.
fn over(colour: Color32, ground: Color32) -> Color32 {
    let (a, b, left) = (colour.to_array(), ground.to_array(), 255 - u32::from(colour.a()));
    let part = |i: usize| (u32::from(a[i]) + (u32::from(b[i]) * left + 127) / 255).min(255) as u8;
    Color32::from_rgb(part(0), part(1), part(2))
}

/// A part of a canvas.
#[derive(Clone, PartialEq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Color32>,
}

impl Picture {
    /// As a PNG file: with a palette, which makes a small one, where there are few enough colours.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let rgb = |pixel: &Color32| [pixel.r(), pixel.g(), pixel.b()];
        let palette: Vec<_> = self.pixels.iter().map(rgb).collect::<BTreeSet<_>>().into_iter().collect();
        let data: Vec<u8> = if palette.len() <= 256 {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_filter(png::Filter::NoFilter);
            encoder.set_palette(palette.concat());
            let place = |pixel: &Color32| palette.binary_search(&rgb(pixel)).expect("all are in it") as u8;
            self.pixels.iter().map(place).collect()
        } else {
            encoder.set_color(png::ColorType::Rgb);
            self.pixels.iter().flat_map(rgb).collect()
        };
        let mut writer = encoder.write_header().expect("a picture has a size");
        writer.write_image_data(&data).expect("as many pixels as the size says");
        writer.finish().expect("memory takes it");
        bytes
    }

    /// In its `colours` most frequent colours: surfaces and lines as they are, the edges of letters nearly so.
    pub fn reduced(&self, colours: usize) -> Self {
        let mut counts: BTreeMap<[u8; 4], usize> = BTreeMap::new();
        for pixel in &self.pixels {
            *counts.entry(pixel.to_array()).or_default() += 1;
        }
        let mut all: Vec<_> = counts.into_iter().collect();
        all.sort_by_key(|(colour, count)| (Reverse(*count), *colour));
        let kept: Vec<_> = all.iter().take(colours).map(|(colour, _)| *colour).collect();
        let far = |a: &[u8; 4], b: &[u8; 4]| -> u32 { (0..3).map(|i| u32::from(a[i].abs_diff(b[i])).pow(2)).sum() };
        let nearest = |colour: &[u8; 4]| *kept.iter().min_by_key(|other| far(colour, other)).expect("colours are kept");
        let nearest: BTreeMap<_, _> = all.iter().map(|(colour, _)| (*colour, nearest(colour))).collect();
        let pixels = self.pixels.iter().map(|pixel| {
            let [r, g, b, _] = nearest[&pixel.to_array()];
            Color32::from_rgb(r, g, b)
        });
        Self { pixels: pixels.collect(), ..*self }
    }

    /// What [`png`](Self::png) wrote.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().ok()?;
        let mut rgb = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut rgb).ok()?;
        let pixels = rgb[..info.buffer_size()].chunks_exact(3).map(|p| Color32::from_rgb(p[0], p[1], p[2])).collect();
        Some(Self { width: info.width as usize, height: info.height as usize, pixels })
    }
}
