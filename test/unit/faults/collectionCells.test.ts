// The faults in loads by sObject Collections: every record is written once, reported as it is, and loaded in the end.
import { testCells } from './cellTests.ts'

testCells('collections')
