import { withRoom } from './textStore.ts'

const FIRST_ROOM = 1024

/** The writer and the time: epoch milliseconds, and the writer's index among the users. */
export type Writer = { readonly now: number; readonly userPlace: number }

/** Creator, last modifier and both times of each record of an object. */
export class AuditColumns {
  #createdAt = new Float64Array(FIRST_ROOM)
  #modifiedAt = new Float64Array(FIRST_ROOM)
  #creators = new Int32Array(FIRST_ROOM)
  #modifiers = new Int32Array(FIRST_ROOM)

  create(place: number, { now, userPlace }: Writer): void {
    this.#createdAt = withRoom(this.#createdAt, place + 1)
    this.#modifiedAt = withRoom(this.#modifiedAt, place + 1)
    this.#creators = withRoom(this.#creators, place + 1)
    this.#modifiers = withRoom(this.#modifiers, place + 1)
    this.#createdAt[place] = now
    this.#creators[place] = userPlace
    this.modify(place, { now, userPlace })
  }

  modify(place: number, { now, userPlace }: Writer): void {
    this.#modifiedAt[place] = now
    this.#modifiers[place] = userPlace
  }

  creator(place: number): Writer {
    return { now: this.#createdAt[place] ?? 0, userPlace: this.#creators[place] ?? 0 }
  }

  modifier(place: number): Writer {
    return { now: this.#modifiedAt[place] ?? 0, userPlace: this.#modifiers[place] ?? 0 }
  }
}
