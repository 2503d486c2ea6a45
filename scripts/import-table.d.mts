export interface ImportTableRow {
  readonly role: string;
  readonly imports: readonly string[];
  readonly fastify?: boolean;
}

export const IMPORT_TABLE: Readonly<Record<string, ImportTableRow>>;
