/** Ends a run with one plain line: N passed, N failed, N skipped. A suite that could not run is a failure. */
export default class PlainReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    const skipped = results.numPendingTests + results.numTodoTests
    const line = `\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`
    // Jest's own summary comes after all reporters.
    process.once('exit', () => process.stdout.write(line))
  }
}
