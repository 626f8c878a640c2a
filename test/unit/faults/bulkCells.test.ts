// The faults in loads by Bulk API 2.0: every record is written once, reported as it is, and loaded in the end.
import { testCells } from './cellTests.ts'

testCells('bulk')
