@testable import MillraceHTTP

/// What a chunked reader makes of bytes that come in pieces.
struct Unchunking: Equatable {
  enum End: Equatable {
    /// After so many bytes.
    case ended(Int)
    case open
    case refused(HeadFault)
  }

  var content: [UInt8] = []
  var end = End.open

  init(_ pieces: [[UInt8]]) {
    var reader = ChunkedReader()
    var before = 0
    for piece in pieces {
      var start = 0
      do throws(HeadFault) {
        reading: while true {
          let from = start
          switch try reader.read(piece.span, from: &start) {
          case .content(let place):
            precondition(place.lowerBound >= from && place.upperBound == start && !place.isEmpty)
            content += piece[place]
          case .ended(let after):
            precondition(after == start)
            end = .ended(before + after)
            return
          case .needsMore:
            precondition(start == piece.count)
            break reading
          }
        }
      } catch {
        end = .refused(error)
        return
      }
      before += piece.count
    }
  }

  init(_ bytes: [UInt8]) { self.init([bytes]) }
}
