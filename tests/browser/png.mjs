//! A picture with 256 colours instead of millions (PNG, third edition: colour type 3): a page has
//! few colours and much text, and is a third of the size that way.

import { deflateSync, inflateSync, crc32 } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLOURS = 256;

/** The same picture, with a palette. Takes 8 bits a channel, without interlacing, as browsers write. */
export function withPalette(png) {
  const { width, height, channels, data } = read(png);
  const pixels = unfiltered(data, width, height, channels);
  const counts = new Map();
  const coarse = (at) =>
    ((pixels[at] >> 2) << 12) | ((pixels[at + 1] >> 2) << 6) | (pixels[at + 2] >> 2);
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = coarse(at);
    const known = counts.get(colour);
    if (known) known.count += 1;
    else counts.set(colour, { count: 1, rgb: [...pixels.subarray(at, at + 3)] });
  }
  const ranked = [...counts.values()].sort((one, other) => other.count - one.count);
  const palette = ranked.slice(0, MOST_COLOURS).map(({ rgb }) => rgb);
  const places = new Map();
  for (const [colour, { rgb }] of counts) places.set(colour, nearest(palette, rgb));
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += channels) {
      rows[y * (width + 1) + 1 + x] = places.get(coarse(at));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette.flat())),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function nearest(palette, rgb) {
  let best = 0;
  let least = Infinity;
  for (const [place, colour] of palette.entries()) {
    const far = colour.reduce((sum, one, channel) => sum + (one - rgb[channel]) ** 2, 0);
    if (far < least) [best, least] = [place, far];
  }
  return best;
}

function read(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error("this is no PNG");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [bits, kind, , , interlaced] = png.subarray(24, 29);
  const channels = { 2: 3, 6: 4 }[kind];
  if (bits !== 8 || !channels || interlaced) throw new Error("a PNG of another kind");
  const parts = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(png.subarray(at + 8, at + 8 + length));
    }
    at += length + 12;
  }
  return { width, height, channels, data: inflateSync(Buffer.concat(parts)) };
}

/** Takes the filters of the rows back (PNG §9.2). */
function unfiltered(data, width, height, channels) {
  const stride = width * channels;
  const out = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= channels ? out[at - channels] : 0;
      const up = y > 0 ? out[at - stride] : 0;
      const corner = x >= channels && y > 0 ? out[at - stride - channels] : 0;
      const before = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[at] = (data[y * (stride + 1) + 1 + x] + before) & 0xff;
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((it) => Math.abs(guess - it));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(content.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
