/**
 * Requests of each subject in fixed windows. This process counts at once; replicas share their counts in the background, so no
 * request waits for Redis, and a failing Redis leaves the count of this process.
 */
import { LRUCache } from 'lru-cache';
import type { LimitSubject } from '../request-context.js';
import type { SharedCounts } from './shared-counts.js';

export interface Limit {
  /** Requests in each window. */
  readonly max: number;
  /** Length of the window in seconds. */
  readonly seconds: number;
}

export interface Taken {
  readonly isExceeded: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

interface Window {
  /** On the monotonic clock. */
  endsAt: number;
  /** Requests to this process. */
  requests: number;
  /** Requests to all replicas, as Redis last reported them. */
  shared: number;
  /** Requests to this process that `shared` does not contain yet. */
  unreported: number;
  isReporting: boolean;
}

type SubjectKind = 'address' | 'key' | 'admin';

/** Subjects of each kind; the least recently used one is evicted first. */
const SUBJECTS = 20_000;

export class RequestCounts {
  private readonly windows: Readonly<Record<SubjectKind, LRUCache<string, Window>>> = {
    address: new LRUCache({ max: SUBJECTS }),
    key: new LRUCache({ max: SUBJECTS }),
    admin: new LRUCache({ max: SUBJECTS }),
  };

  /** `shared` undefined counts in this process alone. `now` is a monotonic clock in milliseconds. */
  constructor(
    private readonly shared: SharedCounts | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  take(subject: LimitSubject, { max, seconds }: Limit): Taken {
    const name = `${subject}/${max}/${seconds}`;
    const window = this.windowOf(subject, name, seconds * 1000);
    window.requests++;
    window.unreported++;
    const used = Math.max(window.requests, window.shared + window.unreported);
    // A refused request costs Redis nothing.
    if (used <= max) this.report(name, window, seconds * 1000);
    return {
      isExceeded: used > max,
      remaining: Math.max(0, max - used),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - this.now()) / 1000)),
    };
  }

  private windowOf(subject: LimitSubject, name: string, ms: number): Window {
    const windows = this.windows[subject.slice(0, subject.indexOf(':')) as SubjectKind];
    const current = windows.get(name);
    if (current && current.endsAt > this.now()) return current;
    const window = { endsAt: this.now() + ms, requests: 0, shared: 0, unreported: 0, isReporting: false };
    windows.set(name, window);
    return window;
  }

  /** One report of a window at a time: requests that arrive during a round trip are in the next report. */
  private report(name: string, window: Window, ms: number): void {
    if (!this.shared?.isAvailable || window.isReporting) return;
    const reported = window.unreported;
    window.isReporting = true;
    this.shared.add(name, reported, ms).then(
      ({ requests, leftMs }) => {
        window.isReporting = false;
        window.unreported -= reported;
        window.shared = requests;
        // The windows of all replicas end together.
        window.endsAt = Math.min(window.endsAt, this.now() + leftMs);
        if (window.unreported > 0 && window.endsAt > this.now()) this.report(name, window, ms);
      },
      () => {
        window.isReporting = false;
      },
    );
  }
}
