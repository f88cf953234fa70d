using Ringwright.Http;
using Ringwright.Http.Traces;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>What happened in a call of this account, message by message. Not among the 822 operations.</summary>
internal static class RetrieveCallTrace
{
    /// <summary>By the call control id, or the UUID of a leg or a session.</summary>
    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts)
    {
        var traces = new Store.CallTraces(parts.Store,
            (tenant, text) => parts.Ids.TryReadCallControl(text, tenant, out var leg) ? leg : null);
        return op.Routing.FindTenant(op.Tenant) is { } tenant
            && await traces.FindAsync(tenant, op.Path("call_control_id"), op.Stop) is { } trace
            ? op.Ok(CallTraceDocument.Show(trace, op.Routing))
            : op.Unknown("call_control_id");
    }
}
