"""Draws assets/session-expired-{256,512,1024}.png: python3 scripts/session-expired-tile.py (needs Pillow and DejaVu fonts)."""
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

LINES = [("Strava session expired", 0.062, True), ("see the gateway's page", 0.054, False)]
FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSans%s.ttf"

for size in (256, 512, 1024):
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    fonts = [ImageFont.truetype(FONTS % ("-Bold" if bold else ""), round(size * part)) for _, part, bold in LINES]
    boxes = [draw.textbbox((0, 0), text, font=font) for (text, _, _), font in zip(LINES, fonts)]
    width = max(box[2] for box in boxes) + size * 0.08
    top = size * 0.4
    draw.rounded_rectangle(
        ((size - width) / 2, top, (size + width) / 2, top + size * 0.2), size * 0.02, (255, 255, 255, 235), (252, 76, 2, 255), max(1, size // 128)
    )
    y = top + size * 0.025
    for (text, part, _), font, box in zip(LINES, fonts, boxes):
        draw.text(((size - box[2]) / 2, y), text, font=font, fill=(60, 20, 0, 255))
        y += size * part * 1.35
    image.quantize(64).save(Path(__file__).parent.parent / "assets" / f"session-expired-{size}.png", optimize=True)
