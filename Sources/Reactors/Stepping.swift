/// Work that goes on by steps on its reactor's thread, without a task: its task, if it has one, sleeps until all of it is
/// done. To resume a task and run its job costs about as much as the rest of what a small message needs.
package protocol Stepping: AnyObject {
  /// Something that it waited for is there; it asks its reactor for a step, once.
  func wake()
  /// One step; on the reactor's thread, which asked for it.
  func step()
}
