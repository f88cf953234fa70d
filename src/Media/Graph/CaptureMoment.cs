using Ringwright.Core;

namespace Ringwright.Media.Graph;

/// <summary>When a tick of sound was captured.</summary>
/// <param name="IsAnew">A stream begins with it, and goes on from nothing that was heard before.</param>
internal readonly record struct CaptureMoment(Instant At, bool IsAnew = false);
