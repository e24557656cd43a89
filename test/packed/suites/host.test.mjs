// The suite of drivers on the process driver.
import { test } from 'node:test'
import { createProcessDriver } from '@nanoclaw/host'
import { driverConformance } from '@nanoclaw/host/testing'

for (const { name, run } of driverConformance(createProcessDriver)) test(name, run)
