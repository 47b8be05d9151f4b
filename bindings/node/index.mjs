import sawlog from './index.js'

export default sawlog
export const {
  open, openSync, Parser, detect, formats, toArrow, toIPC, Batch, Reader, SyncReader, ParserStream, Templates, Detection, SawlogError, FormatError, ReadError, Cancelled, version, driver, libraryPath
} = sawlog
