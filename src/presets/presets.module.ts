import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { PresetsController } from './presets.controller.js';

@Module({ imports: [HttpModule], controllers: [PresetsController] })
export class PresetsModule {}
