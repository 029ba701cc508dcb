// Loaded before each suite: CommonJS Nest libraries otherwise fail to require the ESM packages.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
