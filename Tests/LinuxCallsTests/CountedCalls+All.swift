import LinuxCalls
import SystemPackage

extension CountedCall {
  static let all = moving + bytes + files + pipes + sockets + readiness

  private static let moving: [CountedCall] = [
    .init("splice", .splice, on: { $0.full.read }) {
      _ = try Linux.splice(from: $0.full.read, to: $0.empty.write, upTo: 10)
    },
    .init("splice with offsets", .splice, on: { $0.file }) {
      var from: Int64? = 0
      var none: Int64?
      _ = try Linux.splice(from: $0.file, at: &from, to: $0.empty.write, at: &none, upTo: 10)
    },
    .init("tee", .tee, on: { $0.empty.write }) { _ = try Linux.tee(from: $0.full.read, to: $0.empty.write, upTo: 10) },
    .init("sendfile", .sendfile, on: { $0.pair.0 }) {
      _ = try Linux.sendfile(from: $0.file, at: 0, to: $0.pair.0, upTo: 9)
    },
    .init("copyFileRange", .copyFileRange, on: { $0.sink }) {
      _ = try Linux.copyFileRange(from: $0.file, at: 0, to: $0.sink, at: 0, upTo: 9)
    },
  ]

  private static let bytes: [CountedCall] = [
    .init("read", .read, on: { $0.full.read }) { _ = try get(3, from: $0.full.read) },
    .init("write", .write, on: { $0.empty.write }) { try put([1], into: $0.empty.write) },
    .init("read at an offset", .pread, on: { $0.file }) { _ = try get(3, from: $0.file, at: 1) },
    .init("write at an offset", .pwrite, on: { $0.sink }) { bench in
      _ = try [UInt8]([1]).withUnsafeBytes { try Linux.write(bench.sink, at: 0, $0) }
    },
    .init("readNoWait", .read, on: { $0.file }) { bench in
      _ = try collect(3) { try Linux.readNoWait(bench.file, at: 0, into: $0) }
    },
    .init("receive", .recv, on: { $0.pair.1 }) { bench in
      _ = try collect(3) { try Linux.receive(bench.pair.1, into: $0) }
    },
    .init("send", .send, on: { $0.pair.1 }) { bench in
      _ = try [UInt8]([1]).withUnsafeBytes { try Linux.send(bench.pair.1, $0) }
    },
  ]

  private static let files: [CountedCall] = [
    .init("open", .open) { $0.keep(try Linux.open("/dev/null", .read)) },
    .init("close", .close, prepare: { $0.keep(try Linux.duplicate($0.spare)) }) { try Linux.close($0.takeBack()) },
    .init("facts of a descriptor", .fstat, on: { $0.file }) { _ = try Linux.facts(of: $0.file) },
    .init("known facts of a descriptor", .fstat, on: { $0.file }) { _ = try Linux.knownFacts(of: $0.file) },
    .init("facts of a path", .fstat) { _ = try Linux.facts(ofPath: $0.path) },
    .init("flags", .fcntl, on: { $0.file }) { _ = try Linux.flags(of: $0.file) },
    .init("setFlags", .fcntl, on: { $0.file }) { try Linux.setFlags(of: $0.file, to: .append) },
    .init("duplicate", .fcntl, on: { $0.file }) { $0.keep(try Linux.duplicate($0.file)) },
    .init("position", .seek, on: { $0.file }) { _ = try Linux.position(of: $0.file) },
    .init("setPosition", .seek, on: { $0.file }) { try Linux.setPosition(of: $0.file, to: 3) },
    .init("nextData", .seek, on: { $0.file }) { _ = try Linux.nextData(in: $0.file, from: 0) },
    .init("nextHole", .seek, on: { $0.file }) { _ = try Linux.nextHole(in: $0.file, from: 0) },
    .init("truncate", .truncate, on: { $0.file }) { try Linux.truncate($0.file, to: 3) },
    .init("sync", .sync, on: { $0.file }) { try Linux.sync($0.file) },
    .init("rename", .rename) { try Linux.rename($0.path, to: $0.otherPath, replacing: false) },
    .init("unlink", .other) { try Linux.unlink($0.path) },
    .init("setPermissions", .other, on: { $0.file }) { try Linux.setPermissions(of: $0.file, to: 0o600) },
    .init("willNeed", .other, on: { $0.file }) { try Linux.willNeed($0.file, at: 0, length: 10) },
    // Refused before Linux 6.5, and a call all the same.
    .init("cachedPages", .cachestat, on: { $0.file }) {
      do { _ = try Linux.cachedPages(of: $0.file, at: 0, length: 10) } catch Errno.noFunction {}
    },
  ]

  private static let pipes: [CountedCall] = [
    .init("pipe", .pipe) {
      let ends = try Linux.pipe()
      $0.keep(ends.read, ends.write)
    },
    .init("pipeCapacity", .fcntl, on: { $0.full.read }) { _ = try Linux.pipeCapacity(of: $0.full.read) },
    .init("setPipeCapacity", .fcntl, on: { $0.full.read }) {
      _ = try Linux.setPipeCapacity(of: $0.full.read, to: 65_536)
    },
    .init("readableBytes", .other, on: { $0.full.read }) { _ = try Linux.readableBytes(in: $0.full.read) },
  ]

  private static let sockets: [CountedCall] = [
    .init("socket", .socket) { $0.keep(try Linux.socket(SocketFamily.unix, SocketType.stream)) },
    .init("socketPair", .socket) {
      let pair = try Linux.socketPair(SocketType.stream)
      $0.keep(pair.0, pair.1)
    },
    .init("bind", .bind, on: { $0.listener }) { try Linux.bind($0.listener, to: $0.unixAddress) },
    .init("listen", .listen, on: { $0.listener }, prepare: { try $0.listen() }) {
      try Linux.listen($0.listener, backlog: 2)
    },
    .init("connect", .connect, prepare: { try $0.listen() }) {
      _ = try Linux.connect($0.socket, to: $0.unixAddress)
    },
    .init(
      "accept", .accept, on: { $0.listener },
      prepare: {
        try $0.listen()
        _ = try Linux.connect($0.socket, to: $0.unixAddress)
      }
    ) { $0.keep(try Linux.accept($0.listener)) },
    .init("shutdown", .shutdown, on: { $0.pair.0 }) { try Linux.shutdown($0.pair.0, .write) },
    .init("option", .socketOption, on: { $0.pair.0 }) { _ = try Linux.option(.type, of: $0.pair.0) },
    .init("setOption", .socketOption, on: { $0.pair.0 }) { try Linux.setOption(.sendBuffer, of: $0.pair.0, to: 9_000) },
    .init("resetOnClose", .socketOption, on: { $0.pair.0 }) { try Linux.resetOnClose($0.pair.0) },
    .init("localAddress", .other) { _ = try Linux.localAddress(of: $0.socket) },
    .init("remoteAddress", .other) { _ = try Linux.remoteAddress(of: $0.pair.0) },
  ]

  private static let readiness: [CountedCall] = [
    .init("epollCreate", .epollControl) { $0.keep(try Linux.epollCreate()) },
    .init("epollAdd", .epollControl, on: { $0.pair.0 }) { try Linux.epollAdd($0.epoll, $0.pair.0, .readable, data: 1) },
    .init(
      "epollRemove", .epollControl, on: { $0.pair.0 },
      prepare: { try Linux.epollAdd($0.epoll, $0.pair.0, .readable, data: 1) }
    ) { try Linux.epollRemove($0.epoll, $0.pair.0) },
    .init("epollWait", .epollWait) { bench in
      var precision = WaitPrecision.nanoseconds
      try withUnsafeTemporaryAllocation(of: ReadinessEvent.self, capacity: 1) {
        _ = try Linux.epollWait(bench.epoll, into: $0, timeout: 0, precision: &precision)
      }
    },
    .init("eventDescriptor", .eventfd) { $0.keep(try Linux.eventDescriptor()) },
    .init("wait for one", .poll, on: { $0.full.read }) {
      _ = try Linux.wait(for: $0.full.read, .readable, milliseconds: 0)
    },
  ]
}
