import qrcode from 'qrcode-generator';

const SVG = 'http://www.w3.org/2000/svg';

/** A QR code (error correction M) as an SVG picture with four modules of white around it (ISO/IEC 18004). */
export function qrCode(text: string, label: string): SVGElement {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const path = Array.from({ length: count * count }, (_, i) => [Math.floor(i / count), i % count] as const)
    .filter(([row, column]) => code.isDark(row, column))
    .map(([row, column]) => `M${column + 4} ${row + 4}h1v1h-1z`)
    .join('');
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', `0 0 ${count + 8} ${count + 8}`);
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', label);
  const dark = document.createElementNS(SVG, 'path');
  dark.setAttribute('d', path);
  picture.append(dark);
  return picture;
}
