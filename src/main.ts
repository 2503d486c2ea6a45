#!/usr/bin/env node
/** Entry point. An older Node cannot parse every dependency, so the program is loaded only after the check. */
import './supported-node.js';

void import('./program.js');
