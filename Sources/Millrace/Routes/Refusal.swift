import SystemPackage

/// Why a route does not go on.
struct Refusal: Equatable {
  var reason: String
  /// It depends on the file systems and the kernel alone, and the next copy between the same two need not ask again.
  var isLasting = false

  init(_ reason: String) { self.reason = reason }

  init(_ call: String, _ errno: Errno) {
    reason = "\(call): \(errno)"
    switch errno {
    case .improperLink, .noFunction, .notSupported, .notSupportedOnSocket: isLasting = true
    default: isLasting = false
    }
  }
}

extension Errno {
  /// A socket's whose peer is out of reach, or a network file system's whose server is.
  var isOfNetwork: Bool {
    switch self {
    case .timedOut, .networkDown, .networkUnreachable, .noRouteToHost, .hostIsDown: true
    default: false
    }
  }
}

/// What an errno of a call that moves bytes means for the copy.
enum CallVerdict: Equatable {
  /// Not ready: wait.
  case wouldBlock
  /// This call is not for these ends: the next route tries.
  case notThisWay
  /// The source or the sink failed, and every other route would say the same.
  case failed(CopyError.Side)

  /// For a call between two ends, which does not say which of them it speaks of. What can only be the sink's is the
  /// sink's, and what a network says is unless the source fails alone, too; every other errno goes to the next route, and
  /// the last one, the buffered, asks the two sides apart. Not so those of a network: a socket tells of one once.
  static func ofTwoEnds(_ errno: Errno) -> CallVerdict {
    switch errno {
    case .wouldBlock, .resourceTemporarilyUnavailable: .wouldBlock
    case .brokenPipe, .connectionReset, .connectionAbort, .socketNotConnected, .timedOut, .noSpace,
      .diskQuotaExceeded, .fileTooLarge, .networkDown, .networkUnreachable, .noRouteToHost, .hostIsDown:
      .failed(.sink)
    default: .notThisWay
    }
  }

  /// For a call between one end and a pipe of our own: every failure is that end's, but those that say that the end
  /// cannot be spliced.
  static func ofOneEnd(_ errno: Errno, _ side: CopyError.Side) -> CallVerdict {
    switch errno {
    case .wouldBlock, .resourceTemporarilyUnavailable: .wouldBlock
    case .invalidArgument, .noFunction, .notSupportedOnSocket, .notSupported, .illegalSeek, .badFileDescriptor,
      .notPermitted, .noMemory:
      .notThisWay
    default: .failed(side)
    }
  }
}
