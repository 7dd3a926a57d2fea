import Millrace
import SystemPackage

extension EndpointError {
  /// It says that this process or machine has not the descriptors, memory or ports for a connection, and nothing of the peer.
  /// socket(2), connect(2)
  var isLocalShortage: Bool {
    switch errno {
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory, .addressNotAvailable: true
    default: false
    }
  }
}
