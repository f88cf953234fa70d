using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Server.Nodes;

/// <summary>Where no signalling runs there are no calls.</summary>
internal sealed class NoCalls : ICallControl
{
    public static readonly NoCalls Instance = new();

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => new(Dialled.Refused(Refusal.Draining, null, null));
    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) => new(new Ack(Refusal.UnknownLeg));
}
