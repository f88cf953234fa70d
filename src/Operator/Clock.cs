using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>The node's clock, which whoever tests something may hold and move where it is virtual.</summary>
internal static class Clock
{
    public static Reply Get(OperationContext op, OperatorParts parts) =>
        op.Ok(Show(parts.Calls.Lab.Clock?.Now ?? parts.Store.Time.GetUtcNow(), parts));

    public static async ValueTask<Reply> Set(OperationContext op, OperatorParts parts)
    {
        if (Fields.Unknown(op, "clock") is { Count: > 0 } unknown) return op.Fail(unknown);
        if (parts.Calls.Lab.Clock is not { } clock)
            return op.Fail(Fault.WrongState, "This node goes by the wall clock, which nobody holds or moves here: "
                + "start it with --lab --clock virtual.");
        var body = op.ReadObject();
        var (hold, advance, skip) = ((bool?)body["hold"], (long?)body["advance_ms"], (long?)body["skip_ms"]);
        if (new[] { hold is null, advance is null, skip is null }.Count(isMissing => !isMissing) != 1)
            return op.Invalid("/hold", "invalid", "Say either hold or advance_ms or skip_ms.");
        if (hold is { } isHeld)
        {
            clock.Hold(isHeld);
            return op.Ok(Show(clock.Now, parts));
        }
        if (skip is { } night)
            return await clock.SkipAsync(TimeSpan.FromMilliseconds(night), op.Stop) is { } woken ? op.Ok(Show(woken, parts))
                : op.Fail(Fault.WrongState, "Somebody waits for time: a call is up, a webhook is on its way, or a job is at work.");
        // One of the three is there.
        return op.Ok(Show(await clock.AdvanceAsync(TimeSpan.FromMilliseconds(advance!.Value), op.Stop), parts));
    }

    private static JsonObject Show(DateTimeOffset now, OperatorParts parts) => new()
    {
        ["record_type"] = "clock",
        ["now"] = OperatorTime.Write(now),
        ["mode"] = parts.Calls.Lab.Clock is null ? "wall" : "virtual",
        ["held"] = parts.Calls.Lab.Clock?.IsHeld ?? false,
    };
}
