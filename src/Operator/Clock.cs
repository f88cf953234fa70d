using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>The node's clock, which whoever tests something may hold and move where it is virtual.</summary>
internal static class Clock
{
    public static Reply Get(OperationContext op, OperatorParts parts) =>
        op.Ok(Show(parts.Calls.Clock?.Now ?? parts.Store.Time.GetUtcNow(), parts));

    public static async ValueTask<Reply> Set(OperationContext op, OperatorParts parts)
    {
        if (Fields.Unknown(op, "clock") is { Count: > 0 } unknown) return op.Fail(unknown);
        if (parts.Calls.Clock is not { } clock)
            return op.Fail(Fault.WrongState, "This node goes by the wall clock, which nobody holds or moves here: "
                + "start it with --lab --clock virtual.");
        var body = op.ReadObject();
        var (hold, advance) = ((bool?)body["hold"], (long?)body["advance_ms"]);
        if (hold is null == advance is null) return op.Invalid("/hold", "invalid", "Say either hold or advance_ms.");
        if (hold is { } isHeld)
        {
            clock.Hold(isHeld);
            return op.Ok(Show(clock.Now, parts));
        }
        return op.Ok(Show(await clock.AdvanceAsync(TimeSpan.FromMilliseconds(advance!.Value), op.Stop), parts)); // one of the two is there
    }

    private static JsonObject Show(DateTimeOffset now, OperatorParts parts) => new()
    {
        ["record_type"] = "clock",
        ["now"] = OperatorTime.Write(now),
        ["mode"] = parts.Calls.Clock is null ? "wall" : "virtual",
        ["held"] = parts.Calls.Clock?.IsHeld ?? false,
    };
}
