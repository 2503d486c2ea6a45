/** The permission that Chrome requires before a public web page reaches this machine or its network. Pure. */
import { addressSpaceOf } from '../common/net/address-space.js';
import type { TileSource } from './tile-source.js';

/** The step for a web site as client; none if the gateway has a public address. */
export function localNetworkSteps({ template }: TileSource): readonly string[] {
  const space = addressSpaceOf(template('0', '0', '0'));
  if (space === 'public') return [];
  const what = space === 'loopback' ? 'apps on this device' : 'devices on the local network';
  return [
    `If the browser asks whether the site may access ${what}, allow it and reload the page; without this permission, Chrome shows a blank map.`,
  ];
}
