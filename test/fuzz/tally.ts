/** Counts of a fuzz run for its report, and its violations. */
import { Counts } from '../support/run/counts.js';
import { excerpt } from '../support/run/tables.js';
import { Violations } from '../support/run/violations.js';
import { isLoadShedding, responseViolations, type Confidential } from './checks/response-check.js';
import type { Outcome } from './connection.js';
import type { Batch, FuzzCase } from './fuzz-case.js';

export class Tally {
  readonly kinds = new Counts();
  readonly statuses = new Counts();
  readonly violations = new Violations();
  connections = 0;
  unanswered = 0;
  /** Requests that the gateway refused to shed load. */
  shed = 0;

  constructor(private readonly confidential: Confidential) {}

  get requests(): number {
    return this.kinds.total;
  }

  /** Counts the requests of batch `number` and checks the responses. */
  add(number: number, batch: Batch, { responses, unanswered, faults }: Outcome): void {
    this.connections++;
    this.unanswered += unanswered;
    for (const { kind } of batch.cases) this.kinds.add(kind);
    const sent = ({ kind, bytes }: FuzzCase) => `batch ${number} (${kind}): ${excerpt(bytes)}`;
    for (const { what, fuzzCase, found } of faults)
      this.violations.add(
        what,
        found === undefined ? sent(fuzzCase) : `${sent(fuzzCase)}\n      received ${excerpt(found)}`,
      );
    for (const { fuzzCase, response } of responses) {
      this.statuses.add(String(response.status));
      if (isLoadShedding(response)) this.shed++;
      for (const violation of responseViolations(response, fuzzCase, this.confidential))
        this.violations.add(violation, `${sent(fuzzCase)}\n      received ${excerpt(response.head)}`);
    }
  }
}
