/** Whether the process is on its way out: `/readyz` fails then, so that nobody sends new requests. */
export class Drain {
  begun = false;
}
