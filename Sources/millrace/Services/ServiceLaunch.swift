import CoreMetrics
import Foundation
import LinuxCalls
import Logging
import MillraceServices
import ServiceLifecycle

/// A service as a process has it: its log, the manager that started it, and the signals that end it, have it read its settings
/// again, or have a successor take its place.
struct ServiceLaunch {
  let logger: Logger
  let manager: ServiceManager?
  private let output = LogOutput()

  /// - Parameter level: a name of swift-log's.
  init(_ label: String, _ format: LogFormat, level: String) {
    Linux.raiseDescriptorLimit()
    let handler = LineLogHandler(format, level: Logger.Level(rawValue: level) ?? .info, to: output)
    logger = Logger(label: label) { _ in handler }
    manager = ServiceManager.fromEnvironment(LaunchEnvironment.variables)
  }

  /// Who keeps the metrics: somebody where there is an endpoint to read them at.
  static func metrics(_ admin: ServiceAddress?) -> any MetricsFactory {
    admin == nil ? NOOPMetricsHandler.instance : PrometheusMetrics()
  }

  /// Runs until it has ended; a failure ends the process with status 1 and a sentence.
  func run(_ service: any Service, _ reception: Reception, reload: @escaping @Sendable () async -> Void) async {
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)], logger: quiet))
    let running = Task { try await group.run() }
    let upgrade = Upgrade(of: reception, logger: logger)
    // In a task of its own: a request to end must not wait for a resolver. Of several that come meanwhile one is enough, for
    // it reads what is there by then.
    let (reloads, askForReload) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let reloading = Task { [manager] in
      for await _ in reloads {
        manager?.reloading()
        await reload()
        // One that stops must not say that it is ready.
        if Task.isCancelled { return }
        manager?.reloaded()
      }
    }
    let signals = Task {
      var ends = 0
      for await request in Signals.requests {
        switch request.signal {
        case SIGHUP:
          askForReload.yield()
          continue
        case SIGUSR2:
          upgrade.begin()
          continue
        default: break
        }
        switch upgrade.end(askedBy: request.sender) {
        case .stale: continue
        case .succeeded(let successor): reception.handOn(to: successor)
        case .stopped: ends += 1
        }
        reloading.cancel()
        if ends > 1 { running.cancel() } else { await group.triggerGracefulShutdown() }
      }
    }
    defer {
      signals.cancel()
      reloading.cancel()
      output.flush()
    }
    do { try await running.value } catch is CancellationError {
      return
    } catch {
      // After the log, and no more waited for than that.
      output.add(Console.complaint("\(error)"))
      output.flush()
      Foundation.exit(1)
    }
  }

  /// The group has nothing to say that the service does not.
  private var quiet: Logger { Logger(label: "millrace.services") { _ in SwiftLogNoOpLogHandler() } }
}
