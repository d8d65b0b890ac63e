/** Lower-case name → values. Without a prototype, so that a field called `__proto__` is a field like any other. */
export class Headers {
  [name: string]: string[]
}
Object.setPrototypeOf(Headers.prototype, null)
Reflect.deleteProperty(Headers.prototype, 'constructor')
