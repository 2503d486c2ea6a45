import { Module } from '@nestjs/common';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { AdminController } from './admin.controller.js';

@Module({ imports: [CookieStoreModule], controllers: [AdminController] })
export class AdminModule {}
