/** An assignment rule: it gives an owner to leads or cases that the API writes. */
export type AssignmentRuleDeclaration = {
  /** API name of the object: `Lead` or `Case`. */
  readonly object: string
  readonly name: string
  /** Username of the owner, or DeveloperName of a queue, which is created when it does not exist. */
  readonly owner: string
  /** Whether it is the one that applies without being named. @default true */
  readonly isActive?: boolean
  /** Records that it applies to: those whose field has the value. @default all */
  readonly when?: { readonly field: string; readonly value: string }
}

type AssignmentRule = {
  readonly id: string
  readonly object: string
  readonly ownerId: string
  readonly isActive: boolean
  readonly when: AssignmentRuleDeclaration['when']
}

/** The rule that a request applies: the active one, the one with an Id, or none. */
export type AssignmentChoice = { readonly isActive: true } | { readonly id: string } | undefined

/** The assignment rules of an org. */
export class AssignmentRules {
  readonly #rules: AssignmentRule[] = []

  add(id: string, ownerId: string, { object, isActive = true, when }: AssignmentRuleDeclaration): void {
    this.#rules.push({ id, object, ownerId, isActive, when })
  }

  has(id: string): boolean {
    return this.#rules.some(rule => rule.id === id)
  }

  /** The owner that a rule gives to a record; undefined without a rule that applies. */
  ownerOf(objectName: string, choice: AssignmentChoice, cellOf: (fieldName: string) => string): string | undefined {
    if (choice === undefined) return undefined
    const rule = this.#rules.find(
      known => known.object === objectName && ('id' in choice ? known.id === choice.id : known.isActive),
    )
    const when = rule?.when
    const applies = when === undefined || cellOf(when.field).toLowerCase() === when.value.toLowerCase()
    return applies ? rule?.ownerId : undefined
  }
}
