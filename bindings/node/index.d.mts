export * from './index.js'
import * as sawlog from './index.js'
export default sawlog
