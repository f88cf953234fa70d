using Ringwright.Http;
using Ringwright.Http.Traces;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>The trace of any account's call.</summary>
internal static class CallTraceView
{
    public static async ValueTask<Reply> Get(OperationContext op, CallTraces traces) =>
        await traces.FindAsync(op.Path("id"), op.Stop) is { } trace ? op.Ok(CallTraceDocument.Show(trace, op.Routing)) : op.Unknown("id");
}
