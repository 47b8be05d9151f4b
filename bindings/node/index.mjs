import sawlog from './index.js'

export default sawlog
export const {
  open, Parser, detect, formats, toArrow, toIPC, Batch, Reader, ParserStream, Templates, Detection, SawlogError, FormatError, ReadError, Cancelled, version, driver, libraryPath
} = sawlog
